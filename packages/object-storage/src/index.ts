export { type Agents, createAgents } from "./agents.ts";
export { readAuthority } from "./authority.ts";
export { isProxied } from "./proxy.ts";
