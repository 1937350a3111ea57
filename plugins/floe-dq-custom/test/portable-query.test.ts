import { type DatabaseConnection, expectationQuery, expectationSchema } from "@floe/core";
import { describe, expect, it } from "vitest";
import { type Asked, check, database } from "./open-database.ts";

/** What the one-statement form of each expectation says, as this engine's own results are told. */
async function portable(connection: DatabaseConnection, asked: readonly Asked[]) {
  return Promise.all(
    asked.map(async (given, index) => {
      const expectation = expectationSchema.parse({
        name: `${given.type}_${index}`,
        table: ["main", "t"],
        ...given,
      });
      const sql = expectationQuery(expectation, "duckdb") ?? "";
      const [passed, failing, rows] = (await connection.query(sql)).rows[0] ?? [];
      return [
        Number(passed) === 1 ? "passed" : "failed",
        failing === null ? null : Number(failing),
        Number(rows),
      ];
    }),
  );
}

async function expectSame(connection: DatabaseConnection, asked: readonly Asked[]): Promise<void> {
  const own = await check(connection, asked);
  expect(await portable(connection, asked)).toEqual(
    own.map(({ status, failingRows, rowsChecked }) => [status, failingRows, rowsChecked]),
  );
}

const ROWS = [
  "CREATE TABLE p (pid INTEGER)",
  "INSERT INTO p VALUES (1), (2), (2)",
  `CREATE TABLE t (id INTEGER, name VARCHAR, amount DECIMAL(10,2), ratio DOUBLE, "order" INTEGER, day DATE,
    moment TIMESTAMP, zoned TIMESTAMPTZ, good BOOLEAN)`,
  `INSERT INTO t VALUES
    (1, 'ada', 10.00, 0.1, 1, '2013-01-01', '2013-01-01 10:00', '2013-01-01 10:00:00+00', true),
    (2, 'o''brien', 20.55, 0.2, 2, '2013-06-01', '2013-06-01 00:00', '2013-06-01 00:00:00+00', true),
    (3, NULL, NULL, 0.3, 2, '2013-12-31', '2013-12-31 23:59:59', '2013-12-31 23:59:00+00', false),
    (3, '7', -5.01, NULL, NULL, NULL, NULL, NULL, NULL)`,
];

const EACH: readonly Asked[] = [
  { type: "not_null", column: "id" },
  { type: "not_null", column: "name" },
  { type: "not_null", column: "NAME", where: "id < 3" },
  { type: "unique", columns: ["id"] },
  { type: "unique", columns: ["id", "order"] },
  { type: "unique", columns: ["order"], where: "id > 1 -- of these" },
  { type: "accepted_values", column: "name", values: ["ada", "o'brien", 7] },
  { type: "accepted_values", column: "id", values: [1, 2] },
  { type: "accepted_values", column: "id", values: ["1", "2", "3"] },
  { type: "accepted_values", column: "amount", values: [10, 20.55] },
  { type: "accepted_values", column: "good", values: [true] },
  { type: "accepted_values", column: "day", values: ["2013-01-01", "2013-06-01"] },
  { type: "relationships", column: "id", to: ["main", "p"], field: "pid" },
  { type: "relationships", column: "order", to: ["main", "p"], field: "pid", where: "name IS NULL" },
  { type: "between", column: "amount", min: -5.005, max: 20.55 },
  { type: "between", column: "ratio", min: 0.1, max: 0.3 },
  { type: "between", column: "id", min: 1.5 },
  { type: "between", column: "day", min: "2013-02-01", max: "2013-12-31" },
  { type: "between", column: "moment", max: "2013-12-31" },
  { type: "between", column: "name", min: "b" },
  { type: "matches_regex", column: "name", regex: "^[a-z'\\d]+$" },
  { type: "matches_regex", column: "name", regex: "b" },
  { type: "row_count_between", min: 4, max: 4 },
  { type: "row_count_between", max: 1, where: "id = 3" },
  { type: "mean_between", column: "amount", min: 8.51, max: 8.52 },
  { type: "mean_between", column: "amount", min: 9 },
  { type: "quantile_between", column: "ratio", quantile: 0.5, min: 0.2, max: 0.2 },
  { type: "quantile_between", column: "amount", quantile: 0.25, max: 0, where: "id < 3" },
  { type: "distinct_count_between", column: "id", min: 3, max: 3 },
  { type: "distinct_count_between", column: "name", min: 4 },
  { type: "freshness", column: "moment", maxAgeHours: 24 },
  { type: "freshness", column: "zoned", maxAgeHours: 24 * 365 * 100 },
  { type: "freshness", column: "day", maxAgeHours: 24 * 365 * 100 },
  { type: "expression", expression: "amount > 0 -- or unknown" },
  { type: "expression", expression: "t.amount < 100", where: 't."order" = 2' },
];

describe("an expectation as one query", () => {
  it("gives the verdict and the counts of this engine, for every type", async () => {
    await expectSame(await database(...ROWS), EACH);
  });

  it("gives them on an empty table", async () => {
    const empty = ROWS.filter((sql) => !sql.startsWith("INSERT INTO t"));
    await expectSame(await database(...empty), EACH);
  });

  it("takes a hostile name and value for what they are", async () => {
    const connection = await database(
      `CREATE TABLE t ("a""; DROP TABLE t; --" VARCHAR)`,
      "INSERT INTO t VALUES ('x')",
    );
    await expectSame(connection, [
      { type: "not_null", column: 'a"; DROP TABLE t; --' },
      { type: "accepted_values", column: 'a"; DROP TABLE t; --', values: ["'); DROP TABLE t; --"] },
      { type: "row_count_between", min: 1, max: 1 },
    ]);
  });

  it("isn't there for an engine whose SQL isn't known", () => {
    const expectation = expectationSchema.parse({ type: "not_null", name: "n", table: ["t"], column: "id" });
    expect(expectationQuery(expectation, "cobol")).toBeUndefined();
    expect(expectationQuery(expectation, "spark")).toContain("`t`.`id` IS NULL");
    expect(expectationQuery(expectation, "snowflake")).toContain("t.id IS NULL");
  });
});
