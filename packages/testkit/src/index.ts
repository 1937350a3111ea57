export * from "./check.ts";
export * from "./sample-dbt-project.ts";
export * from "./test-plugin.ts";
