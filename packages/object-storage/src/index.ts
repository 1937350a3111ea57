export { type Agents, createAgents } from "./agents.ts";
export { readAuthority } from "./authority.ts";
export { createMd5 } from "./md5.ts";
export { isProxied } from "./proxy.ts";
