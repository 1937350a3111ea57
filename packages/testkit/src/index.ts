export * from "./check.ts";
export * from "./test-plugin.ts";
