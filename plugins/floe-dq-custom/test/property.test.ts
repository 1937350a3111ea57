import type { DatabaseConnection, SqlValue } from "@floe/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type Asked, check, database } from "./open-database.ts";

const COLUMNS = { i: "INTEGER", b: "BIGINT", d: "DECIMAL(6,2)", f: "DOUBLE", s: "VARCHAR" } as const;
const TEXTS = ["", "a", "b", "ab", "o'brien", "?", "--"];
const WHERES = ["i > 0", "s IS NULL", "f < 1 OR d > 0 -- rest", "false"];

const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 4 });
const row = fc.record({
  i: orNull(fc.integer({ min: -3, max: 3 })),
  b: orNull(fc.constantFrom("0", "1", "9007199254740993", "9007199254740992", "-9223372036854775808")),
  d: orNull(fc.integer({ min: -200, max: 200 }).map((cents) => (cents / 100).toFixed(2))),
  f: orNull(fc.constantFrom(0, 0.1, 0.5, 1, 1e9, -2.5)),
  s: orNull(fc.constantFrom(...TEXTS)),
});

const number = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: -3000, max: 3000 }).map((thousandths) => thousandths / 1000),
);
const numeric = fc.constantFrom("i", "b", "d", "f");
const any = fc.constantFrom("i", "b", "d", "f", "s");
const bounds = fc.oneof(
  fc.record({ min: number }),
  fc.record({ max: number }),
  fc.record({ min: number, max: number }),
);
const counts = fc.oneof(fc.record({ min: fc.nat(12) }), fc.record({ max: fc.nat(12) }));

const expectation: fc.Arbitrary<Asked> = fc
  .tuple(
    fc.oneof(
      fc.record({ type: fc.constant("not_null"), column: any }),
      fc.record({
        type: fc.constant("unique"),
        columns: fc.uniqueArray(any, { minLength: 1, maxLength: 3 }),
      }),
      fc.record({
        type: fc.constant("accepted_values"),
        column: fc.constant("s"),
        values: fc.array(fc.constantFrom(...TEXTS), { minLength: 1, maxLength: 4 }),
      }),
      fc.record({
        type: fc.constant("accepted_values"),
        column: numeric,
        values: fc.array(number, { minLength: 1, maxLength: 4 }),
      }),
      fc.record({
        type: fc.constant("relationships"),
        column: numeric,
        to: fc.constant(["main", "t"]),
        field: numeric,
      }),
      fc.tuple(numeric, bounds).map(([column, both]) => ({ type: "between", column, ...both })),
      fc.record({
        type: fc.constant("matches_regex"),
        column: fc.constant("s"),
        regex: fc.constantFrom("^a", "b$", "'"),
      }),
      counts.map((both) => ({ type: "row_count_between", ...both })),
      fc.tuple(numeric, bounds).map(([column, both]) => ({ type: "mean_between", column, ...both })),
      fc
        .tuple(fc.constantFrom("i", "f", "d"), fc.constantFrom(0, 0.1, 0.5, 1), bounds)
        .map(([column, quantile, both]) => ({ type: "quantile_between", column, quantile, ...both })),
      fc.tuple(any, counts).map(([column, both]) => ({ type: "distinct_count_between", column, ...both })),
      fc.record({
        type: fc.constant("expression"),
        expression: fc.constantFrom("i < 2", "i = b OR s = 'a'", "d <> f"),
      }),
    ),
    fc.option(fc.constantFrom(...WHERES), { freq: 2, nil: undefined }),
  )
  .map(([given, where]) => (where === undefined ? given : { ...given, where }));

it("gives what one plain query for each expectation gives", { timeout: 60_000 }, async () => {
  const db = await database(
    `CREATE TABLE t (${Object.entries(COLUMNS)
      .map(([name, type]) => `${name} ${type}`)
      .join(", ")})`,
  );
  const cases = fc.asyncProperty(
    fc.array(row, { maxLength: 12 }),
    fc.array(expectation, { minLength: 1, maxLength: 12 }),
    async (rows, asked) => {
      await db.query("DELETE FROM t");
      for (const { i, b, d, f, s } of rows)
        await db.query("INSERT INTO t VALUES (?, ?, ?, ?, ?)", [i, b, d, f, s]);
      const results = await check(db, asked);
      const naive = [];
      for (const one of asked) naive.push(await plainly(db, one));
      expect(results.map(({ status, failingRows }) => failingRows ?? status)).toEqual(naive);
    },
  );
  await fc.assert(cases, { numRuns: 60 });
});

/** The number of failing rows, or the verdict, with everything written into one query as a person would. */
async function plainly(db: DatabaseConnection, asked: Asked): Promise<number | string> {
  const { type, column: c, min, max } = asked;
  const rows = `(SELECT rowid AS r, * FROM t ${asked.where === undefined ? "" : `WHERE (${asked.where}\n)`})`;
  const one = async (sql: string): Promise<SqlValue> => (await db.query(sql)).rows[0]?.[0] ?? null;
  const count = async (condition: string): Promise<number> =>
    Number(await one(`SELECT count(*) FROM ${rows} AS x WHERE ${condition}`));
  const judged = async (found: Promise<SqlValue>): Promise<string> => {
    const value = await found;
    const fine =
      value === null ||
      (Number(value) >= Number(min ?? -Infinity) && Number(value) <= Number(max ?? Infinity));
    return fine ? "passed" : "failed";
  };
  const written = (value: unknown): string =>
    typeof value === "number" ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
  switch (type) {
    case "not_null":
      return count(`${c} IS NULL`);
    case "unique": {
      const same = (asked.columns as string[]).map((name) => `x.${name} = y.${name}`).join(" AND ");
      return count(`EXISTS (SELECT 1 FROM ${rows} AS y WHERE x.r <> y.r AND ${same})`);
    }
    case "accepted_values":
      return count(`${c} NOT IN (${(asked.values as unknown[]).map(written).join(", ")})`);
    case "relationships":
      return count(`${c} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM t AS y WHERE y.${asked.field} = x.${c})`);
    case "between":
      return count(
        `${min === undefined ? false : `${c} < ${min}`} OR ${max === undefined ? false : `${c} > ${max}`}`,
      );
    case "matches_regex":
      return count(`NOT regexp_matches(${c}, ${written(asked.regex)})`);
    case "expression":
      return count(`NOT (${asked.expression})`);
    case "row_count_between":
      return judged(count("true"));
    case "mean_between":
      return judged(one(`SELECT avg(${c}) FROM ${rows}`));
    case "quantile_between":
      return judged(one(`SELECT quantile_cont(${c}::DOUBLE, ${asked.quantile}) FROM ${rows}`));
    default:
      return judged(one(`SELECT CASE WHEN count(*) > 0 THEN count(DISTINCT ${c}) END FROM ${rows}`));
  }
}
