export * from "./contracts.ts";
export * from "./lineage/index.ts";
export { type Expectation, type ExpectationType, expectationSchema } from "./quality/expectations.ts";
export * from "./schemas/index.ts";
