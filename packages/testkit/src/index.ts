export * from "./check.ts";
export { testComputePlugin, testPlugin, testStoragePlugin } from "./test-plugin.ts";
