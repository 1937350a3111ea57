export * from "./events.ts";
export * from "./facets/index.ts";
export * from "./naming.ts";
