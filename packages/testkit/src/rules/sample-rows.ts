import { type Expectation, expectationSchema } from "@floe/core";

/** The table that quality plugins are tried on; the plugin's author loads it into a real engine. */
export interface SampleTable {
  /** Its name in parts: `["main", "floe_testkit"]`. */
  name: readonly string[];
  /** Column names, and their types in standard SQL. */
  columns: readonly { name: string; type: "INTEGER" | "VARCHAR(50)" | "DOUBLE PRECISION" }[];
  rows: readonly (readonly (string | number | null)[])[];
}

const NAME = ["main", "floe_testkit"];

/** With a NULL, a repeated key, a quote, and a column whose name needs quoting. */
export function sampleTable(): SampleTable {
  return {
    name: [...NAME],
    columns: [
      { name: "id", type: "INTEGER" },
      { name: "name", type: "VARCHAR(50)" },
      { name: "amount", type: "DOUBLE PRECISION" },
      { name: "order", type: "INTEGER" },
    ],
    rows: [
      [1, "ada", 10, 1],
      [2, "o'brien", 20, 2],
      [3, null, 30, 3],
      [3, "bob", 40, 4],
      [4, "eve", -5, 5],
    ],
  };
}

/** An expectation on the sample table, and the one true answer. */
export interface KnownVerdict {
  expectation: Expectation;
  status: "passed" | "failed";
  /** Null for those about the table as a whole. */
  failingRows: number | null;
}

const verdict = (
  given: Record<string, unknown>,
  status: KnownVerdict["status"],
  failingRows: number | null,
  index: number,
): KnownVerdict => ({
  expectation: expectationSchema.parse({ name: `${given.type}_${index}`, table: [...NAME], ...given }),
  status,
  failingRows,
});

/** Both verdicts of every type that needs no clock and no second table. */
export function knownVerdicts(): KnownVerdict[] {
  const known: [Record<string, unknown>, KnownVerdict["status"], number | null][] = [
    [{ type: "not_null", column: "id" }, "passed", 0],
    [{ type: "not_null", column: "name" }, "failed", 1],
    [{ type: "unique", columns: ["order"] }, "passed", 0],
    [{ type: "unique", columns: ["id"] }, "failed", 2],
    [{ type: "unique", columns: ["id", "name"] }, "passed", 0],
    [{ type: "accepted_values", column: "name", values: ["ada", "o'brien", "bob", "eve"] }, "passed", 0],
    [{ type: "accepted_values", column: "name", values: ["ada"] }, "failed", 3],
    [{ type: "between", column: "amount", min: -5, max: 40 }, "passed", 0],
    [{ type: "between", column: "amount", min: 0 }, "failed", 1],
    [{ type: "between", column: "amount", min: 0, where: "amount > 0" }, "passed", 0],
    [{ type: "matches_regex", column: "name", regex: "^[a-z']+$" }, "passed", 0],
    [{ type: "matches_regex", column: "name", regex: "^b" }, "failed", 3],
    [{ type: "row_count_between", min: 5, max: 5 }, "passed", null],
    [{ type: "row_count_between", min: 6 }, "failed", null],
    [{ type: "mean_between", column: "amount", min: 19, max: 19 }, "passed", null],
    [{ type: "mean_between", column: "amount", min: 20 }, "failed", null],
    [{ type: "quantile_between", column: "amount", quantile: 0.5, min: 20, max: 20 }, "passed", null],
    [{ type: "quantile_between", column: "amount", quantile: 0.5, max: 19 }, "failed", null],
    [{ type: "distinct_count_between", column: "id", min: 4, max: 4 }, "passed", null],
    [{ type: "distinct_count_between", column: "id", min: 5 }, "failed", null],
    [{ type: "expression", expression: "amount > -10" }, "passed", 0],
    [{ type: "expression", expression: "amount > 0" }, "failed", 1],
  ];
  return known.map(([given, status, failingRows], index) => verdict(given, status, failingRows, index));
}
