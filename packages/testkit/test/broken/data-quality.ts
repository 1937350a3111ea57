import type { QualityCheckResult } from "@floe/core";
import type { Broken } from "../prove.ts";
import { type Quality, qualityWith } from "../reference/data-quality.ts";

const changed = (change: (base: Quality) => Partial<Quality>) => ({ plugin: qualityWith(change) });
const checked = (change: (result: QualityCheckResult) => QualityCheckResult) =>
  changed((base) => ({
    executeChecks: async (connection, expectations) =>
      change(await base.executeChecks(connection, expectations)),
  }));

export const brokenQuality: readonly Broken<"data_quality">[] = [
  {
    fault: "counts one row of each repeated key instead of all",
    rule: "quality.verdicts",
    options: checked((result) => ({
      ...result,
      results: result.results.map((one) =>
        one.expectation.type === "unique" && one.status === "failed" ? { ...one, failingRows: 1 } : one,
      ),
    })),
  },
  {
    fault: "gives its results in another order",
    rule: "quality.verdicts",
    also: ["quality.quoting", "quality.unevaluated"],
    options: checked((result) => ({ ...result, results: result.results.toReversed() })),
  },
  {
    fault: "fails where only a warning fails",
    rule: "quality.severity",
    options: checked((result) => ({
      ...result,
      success: result.results.every(({ status }) => status === "passed"),
    })),
  },
  {
    fault: "throws where one expectation can't be evaluated",
    rule: "quality.unevaluated",
    also: ["errors.coded", "quality.quoting"],
    options: checked((result) => {
      if (result.results.some(({ status }) => status === "error")) throw new Error("no such column");
      return result;
    }),
  },
  {
    fault: "keeps rows that nobody asked for",
    rule: "quality.samples",
    options: checked((result) => ({
      ...result,
      results: result.results.map((one) => ({ ...one, samples: [{ id: 3 }] })),
    })),
  },
  {
    fault: "counts skipped checks as failed",
    rule: "quality.score",
    options: changed((base) => ({
      calculateQualityScore: (results, weights) =>
        base.calculateQualityScore(
          results.map((result) => ({
            ...result,
            results: result.results.map((one) =>
              one.status === "skipped" ? { ...one, status: "failed" as const } : one,
            ),
          })),
          weights,
        ),
    })),
  },
  {
    fault: "opens every gate",
    rule: "quality.gates",
    options: changed(() => ({
      validateQualityGates: async () => ({ success: true, errors: [], warnings: [] }),
    })),
  },
  {
    fault: "takes a configuration file that isn't there",
    rule: "quality.config-file",
    options: changed(() => ({ validateConfig: async () => ({ success: true, errors: [], warnings: [] }) })),
  },
  {
    fault: "tells lineage that everything passed",
    rule: "quality.lineage",
    options: changed((base) => ({
      getLineageEmitter: () => ({
        toInputDataset: (dataset, result) =>
          base.getLineageEmitter().toInputDataset(dataset, {
            ...result,
            results: result.results.map((one) => ({ ...one, status: "passed" })),
          }),
      }),
    })),
  },
  {
    fault: "supports any dialect",
    rule: "quality.dialects",
    options: changed(() => ({ supportsSqlDialect: () => true })),
  },
];
