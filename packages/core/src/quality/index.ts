export { withAssertions } from "./assertions.ts";
export { judgeCoverage, judgeRequiredTests, type TierCoverage, tierCoverage } from "./coverage.ts";
export { expectationQuery } from "./expectation-query.ts";
export { type Expectation, type ExpectationType, expectationSchema } from "./expectations.ts";
export { isSuccess, qualityScore } from "./score.ts";
