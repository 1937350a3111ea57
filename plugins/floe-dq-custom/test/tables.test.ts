import { expectationSchema } from "@floe/core";
import { describe, expect, it } from "vitest";
import { executeChecks } from "../src/execute-checks.ts";
import { check, database, failing } from "./open-database.ts";

describe("expectations about a table", () => {
  it("interpolate quantiles exactly in decimals, and share the column's order", async () => {
    const db = await database(
      "CREATE TABLE t (d DECIMAL(10,2), wide DECIMAL(30,4), i INTEGER, f DOUBLE, whole DECIMAL(18,0))",
      "INSERT INTO t VALUES (0.01, 0.01, 1, 0.1, 1), (0.02, 0.02, 2, 0.2, 2), (NULL, NULL, NULL, NULL, NULL)",
    );
    const median = (column: string) => ({ type: "quantile_between", column, quantile: 0.5, min: 0 });
    const results = await check(db, [
      median("d"),
      median("wide"),
      median("i"),
      median("whole"),
      { type: "quantile_between", column: "i", quantile: 0, max: 1 },
      { type: "quantile_between", column: "i", quantile: 1, min: 2 },
      { type: "quantile_between", column: "I", quantile: 0.25, max: 1.2 },
      { type: "quantile_between", column: "i", quantile: 0.5, where: "i > 1", min: 2, max: 2 },
      { type: "quantile_between", column: "i", quantile: 0.5, where: "i > 9", min: 2 },
    ]);
    expect(results.map(({ observed }) => observed)).toEqual([
      "0.015",
      "0.015",
      "1.5",
      "1.5",
      "1",
      "2",
      "1.25",
      "2",
      "no value",
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      "passed",
      "passed",
      "passed",
      "passed",
      "passed",
      "passed",
      "failed",
      "passed",
      "passed",
    ]);
  });

  it("count rows and different values, and tell what was found", async () => {
    const db = await database("CREATE TABLE t AS SELECT range AS x, range % 7 AS y FROM range(50)");
    const results = await check(db, [
      { type: "row_count_between", min: 50, max: 50 },
      { type: "row_count_between", max: 10, where: "x < 10" },
      { type: "distinct_count_between", column: "y", max: 6 },
      { type: "distinct_count_between", column: "y", max: 2, where: "y < 2" },
      { type: "mean_between", column: "x", min: 24.5, max: 24.5 },
      { type: "mean_between", column: "x", max: 1, where: "x < 3" },
    ]);
    expect(results.map(({ status, observed, rowsChecked }) => [status, observed, rowsChecked])).toEqual([
      ["passed", "50", 50],
      ["passed", "10", 10],
      ["failed", "7", 50],
      ["passed", "2", 15],
      ["passed", "24.5", 50],
      ["passed", "1", 3],
    ]);
  });

  it("that is empty pass, except a count with a minimum and freshness", async () => {
    const db = await database("CREATE TABLE t (x INTEGER, s VARCHAR, ts TIMESTAMP)");
    expect(
      await failing(db, [
        { type: "not_null", column: "x" },
        { type: "unique", columns: ["x"] },
        { type: "unique", columns: ["x", "s"] },
        { type: "accepted_values", column: "s", values: ["a"] },
        { type: "relationships", column: "x", to: ["main", "t"], field: "x" },
        { type: "between", column: "x", min: 1 },
        { type: "matches_regex", column: "s", regex: "a" },
        { type: "expression", expression: "x > 1" },
        { type: "mean_between", column: "x", min: 1 },
        { type: "quantile_between", column: "x", quantile: 0.5, min: 1 },
        { type: "distinct_count_between", column: "x", min: 1 },
        { type: "row_count_between", max: 1 },
        { type: "row_count_between", min: 1 },
        { type: "row_count_between", min: 1, where: "x > 1" },
        { type: "freshness", column: "ts", maxAgeHours: 1 },
      ]),
    ).toEqual([0, 0, 0, 0, 0, 0, 0, 0, "passed", "passed", "passed", "passed", "failed", "failed", "failed"]);
  });

  it.each([
    ["TIMESTAMP '2024-06-01 10:00:00'", "2024-06-01T12:00:00Z", "2024-06-01T12:00:00.001Z"],
    ["TIMESTAMP '2024-06-01 10:00:00.123456'", "2024-06-01T12:00:00.123Z", "2024-06-01T12:00:00.124Z"],
    ["TIMESTAMPTZ '2024-06-01 10:00:00+05:30'", "2024-06-01T06:30:00Z", "2024-06-01T06:30:00.001Z"],
    ["DATE '2024-06-01'", "2024-06-01T02:00:00Z", "2024-06-01T02:00:00.001Z"],
    ["TIMESTAMP_NS '2024-06-01 10:00:00'", "2024-06-01T12:00:00Z", "2024-06-01T12:00:00.001Z"],
    ["TIMESTAMP 'infinity'", "2024-06-01T12:00:00Z", undefined],
    ["TIMESTAMP '2999-01-01'", "2024-06-01T12:00:00Z", undefined],
  ])("are as fresh as %s", async (value, still, tooLate) => {
    const db = await database(`CREATE TABLE t AS SELECT ${value} AS ts UNION ALL SELECT NULL`);
    const fresh = expectationSchema.parse({
      name: "f",
      table: ["t"],
      type: "freshness",
      column: "ts",
      maxAgeHours: 2,
    });
    const at = async (moment: string) =>
      (await executeChecks(db, [fresh], 0, () => Date.parse(moment))).results[0]?.status;
    expect(await at(still)).toBe("passed");
    if (tooLate !== undefined) expect(await at(tooLate)).toBe("failed");
  });

  it("are fresh by today's clock", async () => {
    const db = await database("CREATE TABLE t AS SELECT now() - INTERVAL 3 HOUR AS ts");
    expect(
      await failing(db, [
        { type: "freshness", column: "ts", maxAgeHours: 4 },
        { type: "freshness", column: "ts", maxAgeHours: 2 },
        { type: "freshness", column: "ts", maxAgeHours: 4, where: "false" },
      ]),
    ).toEqual(["passed", "failed", "failed"]);
  });
});
