import {
  type DatabaseConnection,
  type DbtManifest,
  definePlugin,
  type Expectation,
  type ExpectationResult,
  judgeCoverage,
  type PluginImplementation,
  qualityScore,
  type SqlValue,
  withAssertions,
} from "@floe/core";
import type { SampleTable } from "@floe/testkit/check";
import { z } from "zod";

export type Quality = PluginImplementation<"data_quality">;
type Row = Readonly<Record<string, SqlValue>>;

/** A connection that gives all rows of the sample table, whatever is asked. */
export function memoryConnection({ columns, rows }: SampleTable): DatabaseConnection {
  return {
    dialect: "memory",
    profile: { type: "memory" },
    query: async () => ({ columns: columns.map(({ name, type }) => ({ name, type })), rows }),
    quoteIdentifier: (parts) => parts.join("."),
    close: async () => {},
  };
}

/** The few conditions that the standard tests use: `column > number`. */
function condition(text: string): (row: Row) => boolean {
  const [, column = "", limit = ""] = /^(\w+) > (-?\d+)$/.exec(text) ?? [];
  return (row) => row[column] === null || Number(row[column]) > Number(limit);
}

export function evaluate(
  rows: readonly Row[],
  expectation: Expectation,
): Pick<ExpectationResult, "status" | "failingRows"> {
  const chosen = expectation.where === undefined ? rows : rows.filter(condition(expectation.where));
  const values = (column: string): SqlValue[] => {
    if (chosen.some((row) => !(column in row))) throw new Error(`no column ${column}`);
    return chosen.flatMap((row) => (row[column] === null ? [] : [row[column] ?? null]));
  };
  const perRow = (failing: number) =>
    ({ status: failing === 0 ? "passed" : "failed", failingRows: failing }) as const;
  const whole = (
    value: number,
    { min = -Infinity, max = Infinity }: { min?: number | undefined; max?: number | undefined },
  ) => ({ status: value >= min && value <= max ? "passed" : "failed", failingRows: null }) as const;
  switch (expectation.type) {
    case "not_null":
      return perRow(chosen.length - values(expectation.column).length);
    case "unique": {
      const keys = chosen.map((row) => JSON.stringify(expectation.columns.map((column) => row[column])));
      return perRow(keys.filter((key) => keys.indexOf(key) !== keys.lastIndexOf(key)).length);
    }
    case "accepted_values":
      return perRow(
        values(expectation.column).filter((value) => !expectation.values.includes(value as string)).length,
      );
    case "between": {
      const { min = -Infinity, max = Infinity } = expectation;
      return perRow(
        values(expectation.column).filter(
          (value) => Number(value) < Number(min) || Number(value) > Number(max),
        ).length,
      );
    }
    case "matches_regex":
      return perRow(
        values(expectation.column).filter((value) => !new RegExp(expectation.regex).test(String(value)))
          .length,
      );
    case "row_count_between":
      return whole(chosen.length, expectation);
    case "mean_between": {
      const numbers = values(expectation.column).map(Number);
      return whole(numbers.reduce((sum, value) => sum + value, 0) / numbers.length, expectation);
    }
    case "quantile_between": {
      const sorted = values(expectation.column)
        .map(Number)
        .sort((a, b) => a - b);
      return whole(sorted[Math.round(expectation.quantile * (sorted.length - 1))] ?? 0, expectation);
    }
    case "distinct_count_between":
      return whole(new Set(values(expectation.column)).size, expectation);
    case "expression":
      return perRow(chosen.filter((row) => !condition(expectation.expression)(row)).length);
    default:
      throw new Error(`${expectation.type} isn't supported`);
  }
}

function createQuality(): Quality {
  return {
    validateConfig: async (path) => ({
      success: false,
      errors: [{ code: "SAMPLE.UNREADABLE", message: `${path} can't be read.` }],
      warnings: [],
    }),
    validateQualityGates: async (manifest, required) =>
      judgeCoverage(manifest as unknown as DbtManifest, required),
    async executeChecks(connection, expectations) {
      const { columns, rows } = await connection.query("SELECT *");
      const records = rows.map((row) =>
        Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])),
      );
      const results = expectations.map((expectation): ExpectationResult => {
        try {
          return { expectation, rowsChecked: rows.length, ...evaluate(records, expectation) };
        } catch (error) {
          return {
            expectation,
            status: "error",
            failingRows: null,
            rowsChecked: null,
            message: (error as Error).message,
          };
        }
      });
      const success = results.every(
        ({ status, expectation }) => status === "passed" || expectation.severity === "warn",
      );
      return { success, results, executionTimeSeconds: 0 };
    },
    calculateQualityScore: qualityScore,
    getLineageEmitter: () => ({
      toInputDataset: (dataset, result) => withAssertions(dataset, result, "https://example.com/floe"),
    }),
    supportsSqlDialect: (dialect) => dialect === "memory" || dialect === "duckdb",
  };
}

/** The reference with parts of it replaced. */
export const qualityWith = (change: (base: Quality) => Partial<Quality>) =>
  definePlugin({
    kind: "data_quality",
    name: "sample",
    configSchema: z.strictObject({ sample_rows: z.int().min(0).default(0).describe("Rows to keep.") }),
    create: () => {
      const base = createQuality();
      return { ...base, ...change(base) };
    },
  });
