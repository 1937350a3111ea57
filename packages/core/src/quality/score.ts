import type { ExpectationResult, QualityCheckResult } from "../interfaces/data-quality.ts";

/**
 * The quality score, 0 to 100: sum(passed x weight) / sum(weight) x 100. The rule of
 * `DataQualityPlugin.calculateQualityScore`; see there for what counts.
 */
export function qualityScore(
  checkResults: readonly QualityCheckResult[],
  weights: Readonly<Record<string, number>>,
): number {
  const counted = checkResults.flatMap(({ results }) => results).filter(({ status }) => status !== "skipped");
  const weigh = (some: readonly ExpectationResult[]): number =>
    some.reduce((sum, { expectation }) => sum + (expectation.weight ?? weights[expectation.class] ?? 1), 0);
  const all = weigh(counted);
  return all === 0 ? 100 : (weigh(counted.filter(({ status }) => status === "passed")) / all) * 100;
}

/** Whether results are a success: every expectation of severity `error` passed or was skipped. */
export function isSuccess(results: readonly ExpectationResult[]): boolean {
  return results.every(
    ({ status, expectation }) =>
      status === "passed" || status === "skipped" || expectation.severity === "warn",
  );
}
