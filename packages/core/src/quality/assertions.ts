import type { ExpectationResult, QualityCheckResult } from "../interfaces/data-quality.ts";
import type { InputDataset } from "../lineage/events.ts";
import { createFacet, type DataQualityAssertion } from "../lineage/facets/index.ts";
import type { Expectation } from "./expectations.ts";

/**
 * A dataset with results as OpenLineage's `dataQualityAssertions` facet: the rule of
 * `LineageEmitter.toInputDataset`. Expectations that were skipped aren't told; one that couldn't be
 * evaluated is told as not met.
 */
export function withAssertions<D extends InputDataset>(
  dataset: D,
  { results }: QualityCheckResult,
  producer: string,
): D & InputDataset {
  const assertions = results.filter(({ status }) => status !== "skipped").map(assertionOf);
  const facet = createFacet("inputDataset", "dataQualityAssertions", producer, { assertions });
  return { ...dataset, inputFacets: { ...dataset.inputFacets, dataQualityAssertions: facet } };
}

function assertionOf(result: ExpectationResult): DataQualityAssertion {
  const { expectation, status, failingRows, observed, message } = result;
  const { type, name, severity } = expectation;
  const actual = observed ?? (failingRows === null ? message : `${failingRows} failing rows`);
  return {
    assertion: type,
    success: status === "passed",
    name,
    severity,
    ...("column" in expectation ? { column: expectation.column } : {}),
    ...(actual === undefined ? {} : { actual }),
    expected: expectedOf(expectation),
  };
}

/** What an expectation asks for, in a few words. */
function expectedOf(expectation: Expectation): string {
  switch (expectation.type) {
    case "not_null":
      return "no NULL";
    case "unique":
      return `unique ${expectation.columns.join(", ")}`;
    case "accepted_values":
      return `one of ${expectation.values.slice(0, 10).join(", ")}${expectation.values.length > 10 ? ", ..." : ""}`;
    case "relationships":
      return `in ${expectation.to.join(".")}.${expectation.field}`;
    case "matches_regex":
      return `matches ${expectation.regex}`;
    case "freshness":
      return `at most ${expectation.maxAgeHours} hours old`;
    case "expression":
      return expectation.expression;
    default:
      return `between ${expectation.min ?? "-infinity"} and ${expectation.max ?? "infinity"}`;
  }
}
