import type { Dataset, InputDataset } from "../lineage/events.ts";
import type { Expectation } from "../quality/expectations.ts";
import type { DatabaseConnection } from "./database-connection.ts";
import type { JsonObject, Plugin, ValidationResult } from "./plugin.ts";

/**
 * A data-quality framework: validation at compile time, checks and scores at run time (ADR-0044).
 * Entry points: `floe.data_quality`. REQ-207, REQ-241 to REQ-248.
 */
export interface DataQualityPlugin extends Plugin {
  /**
   * Validates the framework's own configuration file against the dbt project. No data access.
   *
   * @param configPath A file in the framework's own format. One that can't be read is an error finding.
   * @param dbtManifest dbt's `manifest.json`; models and columns that the file names must be in it.
   */
  validateConfig(configPath: string, dbtManifest: JsonObject): Promise<ValidationResult>;

  /**
   * Whether the dbt project's tests reach the required coverage. No data access. `judgeCoverage` of this
   * package is the rule itself, for every plugin to call; a framework that has tests of its own adds them.
   *
   * @param requiredCoverage Percent (0-100) by tier: `{bronze: 50, silver: 80, gold: 100}`. A tier with no
   * model passes.
   */
  validateQualityGates(
    manifest: JsonObject,
    requiredCoverage: Readonly<Record<string, number>>,
  ): Promise<ValidationResult>;

  /**
   * dbt's own tests as results of this framework, for frameworks whose checks dbt runs. Absent for those
   * that have checks of their own only. Pure.
   *
   * @param manifest The build's `manifest.json`. @param runResults The build's `run_results.json`.
   */
  readDbtResults?(manifest: JsonObject, runResults: JsonObject): QualityCheckResult;

  /**
   * Runs checks against live data. A failed expectation is a result; so is one that can't be evaluated
   * (a missing column), with `status: "error"`.
   *
   * @throws FloeError `QUALITY.FAILED` or `CONNECTION.*` if nothing could be run at all.
   */
  executeChecks(
    connection: DatabaseConnection,
    expectations: readonly Expectation[],
    options?: ExecuteChecksOptions,
  ): Promise<QualityCheckResult>;

  /**
   * The score, 0 to 100: sum(passed x weight) / sum(weight) x 100. Pure. Nothing to score gives 100;
   * skipped checks don't count; checks that couldn't be evaluated count as failed.
   *
   * `qualityScore` of this package is the rule itself, for every plugin to call.
   *
   * @param weights By class: `{critical: 3, standard: 1, statistical: 0.5}`. A class without a weight has 1;
   * an expectation's own weight goes before its class's.
   */
  calculateQualityScore(
    checkResults: readonly QualityCheckResult[],
    weights: Readonly<Record<string, number>>,
  ): number;

  /** Turns results into OpenLineage facets. */
  getLineageEmitter(): LineageEmitter;

  /** Whether checks can run on a dialect, by sqlglot's name: `duckdb`, `snowflake`, `spark`. */
  supportsSqlDialect(dialect: string): boolean;
}

export interface ExecuteChecksOptions {
  /** Failing rows to keep per expectation. Default 0: data stays where it is. */
  sampleRows?: number;
}

/** Results of one call, one entry per expectation, in the order that was asked. */
export interface QualityCheckResult {
  /** Whether every expectation of severity `error` passed. */
  success: boolean;
  results: readonly ExpectationResult[];
  executionTimeSeconds: number;
}

export interface ExpectationResult {
  expectation: Expectation;
  status: "passed" | "failed" | "error" | "skipped";
  /** Exact number of rows that break the expectation; null for one about the table as a whole. */
  failingRows: number | null;
  /** Rows looked at; null where it isn't known. */
  rowsChecked: number | null;
  /** What was found, for those about the table as a whole: `"182"`. */
  observed?: string;
  /** Why it couldn't be evaluated, or was skipped. */
  message?: string;
  /** Failing rows by column, where samples were asked for. */
  samples?: readonly Readonly<Record<string, unknown>>[];
}

/** Gives quality results the shape of OpenLineage's `dataQualityAssertions` facet. */
export interface LineageEmitter {
  /**
   * The dataset with the facet in its `inputFacets`, ready for an event's `inputs`. Pure. `withAssertions`
   * of this package does it for every plugin.
   */
  toInputDataset(dataset: Dataset, result: QualityCheckResult): InputDataset;
}
