export * from "./manifest.ts";
export * from "./run-results.ts";
