export * from "./catalog/index.ts";
export * from "./contracts.ts";
export * from "./dbt/index.ts";
export * from "./lineage/index.ts";
export * from "./quality/index.ts";
export * from "./schemas/index.ts";
