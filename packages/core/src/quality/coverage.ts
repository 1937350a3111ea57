import { type DbtManifest, ownModelsOf, testsByModel, tierOf } from "../dbt/manifest.ts";
import type { Finding, ValidationResult } from "../interfaces/plugin.ts";

/** How many columns of a tier's models have a test. */
export interface TierCoverage {
  /** Declared columns; a model that declares none counts as one column without a test. */
  columns: number;
  tested: number;
  /** 100 where the tier has no models. */
  percent: number;
  /** Columns without a test, as `model.column`; `model` alone for one that declares no columns. */
  untested: readonly string[];
}

/**
 * Which part of a tier's columns have a test. A test of several columns (a unique combination) counts for
 * those that its arguments name.
 */
export function tierCoverage(manifest: DbtManifest, tier: string): TierCoverage {
  const tests = testsByModel(manifest);
  const untested: string[] = [];
  let columns = 0;
  for (const model of ownModelsOf(manifest)) {
    if (tierOf(model) !== tier) continue;
    const declared = Object.values(model.columns ?? {}).map(({ name }) => name);
    columns += Math.max(declared.length, 1);
    if (declared.length === 0) untested.push(model.name);
    const tested = new Set((tests.get(model.unique_id) ?? []).flatMap(testedColumns).map(lower));
    untested.push(
      ...declared.filter((name) => !tested.has(lower(name))).map((name) => `${model.name}.${name}`),
    );
  }
  const tested = columns - untested.length;
  return { columns, tested, percent: columns === 0 ? 100 : (tested / columns) * 100, untested };
}

const LISTED = 5;

/**
 * Whether a dbt project's tests reach the required coverage: the rule of
 * `DataQualityPlugin.validateQualityGates`.
 *
 * @param requiredCoverage Percent (0-100) by tier. A tier with no model passes.
 */
export function judgeCoverage(
  manifest: DbtManifest,
  requiredCoverage: Readonly<Record<string, number>>,
): ValidationResult {
  const errors = Object.entries(requiredCoverage).flatMap(([tier, required]): Finding[] => {
    const { percent, tested, columns, untested } = tierCoverage(manifest, tier);
    // Exact: 80 of 100 is 80, whatever the division's last bit says.
    if (tested * 100 >= required * columns) return [];
    const [listed, more] = [untested.slice(0, LISTED), untested.length - LISTED];
    return [
      {
        code: "QUALITY.COVERAGE",
        message: `Tests cover ${tested} of ${columns} columns of the ${tier} models: ${floor(percent)}%, and the gate asks for ${required}%.`,
        subject: tier,
        suggestion: `Add a test to ${listed.join(", ")}${more > 0 ? ` or ${more} more` : ""}.`,
      },
    ];
  });
  return { success: errors.length === 0, errors, warnings: [] };
}

/**
 * Whether every model of a tier has a test of each required kind, by dbt's names: `not_null`, `unique`,
 * `relationships`; with the package where it isn't dbt's own: `dbt_expectations.expect_column_to_exist`.
 */
export function judgeRequiredTests(
  manifest: DbtManifest,
  required: Readonly<Record<string, readonly string[]>>,
): Finding[] {
  const tests = testsByModel(manifest);
  return ownModelsOf(manifest).flatMap((model) => {
    const tier = tierOf(model);
    const kinds = new Set(
      (tests.get(model.unique_id) ?? []).flatMap(({ test_metadata: test }) =>
        test === undefined ? [] : [test.name, `${test.namespace ?? "dbt"}.${test.name}`],
      ),
    );
    const missing = (tier === undefined ? [] : (required[tier] ?? [])).filter((kind) => !kinds.has(kind));
    return missing.map((kind) => ({
      code: "QUALITY.REQUIRED_TEST",
      message: `The ${tier} model ${model.name} has no ${kind} test.`,
      subject: model.name,
      ...(model.original_file_path === undefined ? {} : { file: model.original_file_path }),
      suggestion: `Declare a ${kind} test on one of its columns.`,
    }));
  });
}

function testedColumns(test: {
  column_name?: string | null;
  test_metadata?: { kwargs?: Readonly<Record<string, unknown>> };
}): string[] {
  const kwargs = test.test_metadata?.kwargs ?? {};
  const several = [kwargs.combination_of_columns, kwargs.column_list, kwargs.columns].flat();
  return [test.column_name, kwargs.column_name, ...several].filter((name) => typeof name === "string");
}

function lower(name: string): string {
  return name.toLowerCase();
}

/** Rounded down, so that 79.96% isn't shown as the 80% that it misses. */
function floor(percent: number): number {
  return Math.floor(percent * 10) / 10;
}
