import {
  type DbtManifest,
  type DbtNodeResult,
  type DbtRunResults,
  type Expectation,
  type ExpectationResult,
  type ExpectationType,
  FloeError,
  isSuccess,
  type QualityCheckResult,
} from "@floe/core";
import { expectationOfTest } from "./expectation-of-test.ts";

/**
 * The data tests of a dbt run, in the order of its results. Unit tests aren't among them: they judge a
 * model's SQL on rows of their own, not data.
 *
 * @throws FloeError `DBT.ARTIFACT_MISSING` where the two files aren't of one build.
 */
export function readResults(manifest: DbtManifest, { results: all }: DbtRunResults): QualityCheckResult {
  const tests = all.filter(({ unique_id }) => unique_id.startsWith("test."));
  const results = tests.map((result) => resultOf(manifest, result));
  return {
    success: isSuccess(results),
    results,
    executionTimeSeconds: tests.reduce((sum, { execution_time = 0 }) => sum + execution_time, 0),
  };
}

const STATUSES: Readonly<Record<string, ExpectationResult["status"]>> = {
  pass: "passed",
  success: "passed",
  warn: "failed",
  fail: "failed",
  skipped: "skipped",
  "no-op": "skipped",
};

function resultOf(manifest: DbtManifest, result: DbtNodeResult): ExpectationResult {
  const test = manifest.nodes[result.unique_id];
  if (test === undefined) throw otherBuild(result.unique_id);
  const dbtStatus = result.status.toLowerCase();
  const status = STATUSES[dbtStatus] ?? "error";
  const expectation = expectationOfTest(manifest, test);
  const failures = result.failures ?? null;
  return {
    // `warn_if` and `error_if` judge by the number of rows, so the verdict can be milder than the severity.
    expectation: dbtStatus === "warn" ? { ...expectation, severity: "warn" } : expectation,
    status,
    failingRows: status === "error" || status === "skipped" || isOfTable(expectation) ? null : failures,
    rowsChecked: null,
    ...counted(expectation, status, failures),
    ...(status === "passed" ? {} : messageOf(result, status)),
  };
}

const OF_TABLE: ReadonlySet<ExpectationType> = new Set([
  "row_count_between",
  "freshness",
  "mean_between",
  "quantile_between",
  "distinct_count_between",
]);

function isOfTable({ type }: Expectation): boolean {
  return OF_TABLE.has(type);
}

/** Two of dbt's tests count values, not rows. */
function counted(
  { type }: Expectation,
  status: ExpectationResult["status"],
  failures: number | null,
): { observed?: string } {
  if (status !== "failed" || failures === null) return {};
  if (type === "unique") return { observed: `${failures} repeated ${failures === 1 ? "key" : "keys"}` };
  if (type === "accepted_values")
    return { observed: `${failures} other ${failures === 1 ? "value" : "values"}` };
  return {};
}

function messageOf({ message }: DbtNodeResult, status: ExpectationResult["status"]): { message?: string } {
  if (message != null && message.trim() !== "") return { message: message.trim() };
  return status === "skipped" ? { message: "dbt skipped it, since something that it needs failed." } : {};
}

function otherBuild(test: string): FloeError {
  return new FloeError(
    "DBT.ARTIFACT_MISSING",
    `dbt's manifest has no test ${test}, which its run results name.`,
    {
      why: "The two files are of different builds.",
      next: ["dbt build"],
    },
  );
}
