import { describe, expect, it } from "vitest";
import { check, database, failing, recorded } from "./open-database.ts";

const COUNTED = { type: "row_count_between", min: 3, max: 3 };

describe("what can't be evaluated", () => {
  it("is an error of its own: a column, a table, a type, a cast that fails on one row", async () => {
    const db = await database(
      "CREATE TABLE t AS SELECT * FROM (VALUES (1, '1'), (2, 'x'), (3, NULL)) v(n, s)",
    );
    expect(
      await failing(db, [
        { type: "not_null", column: "nowhere" },
        { type: "not_null", column: "s" },
        { type: "matches_regex", column: "n", regex: "1" },
        { type: "mean_between", column: "s", min: 0 },
        { type: "expression", expression: "CAST(s AS INTEGER) > 0" },
        { type: "expression", expression: "n > 1" },
        { type: "expression", expression: "sum(n) > 1" },
        { type: "expression", expression: "n > > 1" },
        { type: "accepted_values", column: "n", values: ["one"] },
        { type: "accepted_values", column: "n", values: [1, 2] },
        { type: "between", column: "n", min: "low" },
        { type: "between", column: "n", min: 2 },
        { type: "quantile_between", column: "s", quantile: 0.5, min: 0 },
        { type: "freshness", column: "s", maxAgeHours: 1 },
        { type: "not_null", column: "x", table: ["main", "missing"] },
        { type: "unique", columns: ["n", "nowhere"] },
        COUNTED,
      ]),
    ).toEqual([
      'error: The table main.t has no column "nowhere".',
      1,
      expect.stringMatching(/^error: Binder Error: .*regexp_matches/),
      expect.stringMatching(/^error: Binder Error: .*avg/),
      expect.stringMatching(/^error: Conversion Error: Could not convert string 'x'/),
      1,
      expect.stringMatching(/^error: Binder Error: aggregate function calls cannot be nested/),
      expect.stringMatching(/^error: (Parser|Binder|Catalog) Error/),
      expect.stringMatching(/^error: Conversion Error: Could not convert string 'one'/),
      1,
      expect.stringMatching(/^error: Conversion Error: Could not convert string 'low'/),
      1,
      expect.stringMatching(/^error: (Conversion|Binder|Invalid Input) Error/),
      "error: A column of VARCHAR tells no date or time.",
      expect.stringMatching(/^error: Catalog Error: Table with name missing does not exist/),
      'error: The table main.t has no column "nowhere".',
      "passed",
    ]);
  });

  it("is thrown only where the connection answers nothing", async () => {
    const db = await database("CREATE TABLE t (x INTEGER)");
    await db.close();
    await expect(check(db, [{ type: "not_null", column: "x" }])).rejects.toMatchObject({
      code: "QUALITY.FAILED",
    });
  });
});

describe("the user's own SQL", () => {
  it.each([
    ["n > 0 -- and nothing else"],
    ["n > 0 /* all ) of them ( */"],
    ["s <> ') OR (1=1' AND \"n\" > 0"],
    ["s <> E'\\' OR (' AND n > 0"],
    ["s <> $$)'$$ AND n > 0"],
    ["s <> $q$ $$ ) $q$ AND n > 0"],
    ["n IN (SELECT n FROM t) AND [n][1] = n AND {'a': n}.a = n"],
  ])("may be %s", async (condition) => {
    const db = await database(
      "CREATE TABLE t AS SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (3, 'c')) v(n, s)",
    );
    expect(
      await failing(db, [
        { type: "expression", expression: condition },
        { type: "row_count_between", min: 3, max: 3, where: condition },
        { type: "expression", expression: "n < 3" },
        COUNTED,
      ]),
    ).toEqual([0, "passed", 1, "passed"]);
  });

  it.each([
    ["1=1) OR (1=1"],
    ["n > 0) --"],
    ["n > 0 /* open"],
    ["n > 0 /* a /* b */"],
    ["*/ n > 0"],
    ["s = 'open"],
    ['"open = 1'],
    ["s = E'\\' OR n > 0"],
    ["s = $$open"],
    ["a$$ ) + count_if($$b"],
    ["n > 0; DROP TABLE t"],
    ["n > ?"],
    ["n > $1"],
    ["[n)"],
    ["COLUMNS(*) IS NOT NULL"],
    [""],
    ["-- nothing"],
  ])("can't be %s, and spoils nothing beside it", async (condition) => {
    const db = await database(
      "CREATE TABLE t AS SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (3, 'c')) v(n, s)",
    );
    const asked = condition === "" ? " " : condition;
    const [first, second, ...others] = await failing(db, [
      { type: "expression", expression: asked },
      { type: "not_null", column: "n", where: asked },
      { type: "expression", expression: "n < 3" },
      { type: "accepted_values", column: "s", values: ["a"] },
      COUNTED,
    ]);
    expect(first).toMatch(/^error: ./);
    expect(second).toMatch(/^error: ./);
    expect(others).toEqual([1, 2, "passed"]);
  });
});

describe("names and values", () => {
  const NAMES = ['x"; DROP TABLE t; --', "o'brien", "select", "a b", "ü", "?", "$1", "--", "n"];

  it("are quoted and bound, whatever stands in them", async () => {
    const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
    const values = ["'); DROP TABLE t; --", "\u001f", "\\", '"', "?", "", "[a, b]", "NULL", "\u{1f600}"];
    const table = ['odd "schema"', "t; --"];
    const quoted = table.map(quote).join(".");
    const db = await database(
      `CREATE SCHEMA ${quote(table[0] ?? "")}`,
      `CREATE TABLE ${quoted} (${NAMES.map((name) => `${quote(name)} VARCHAR`).join(", ")})`,
    );
    for (const value of values) {
      await db.query(
        `INSERT INTO ${quoted} VALUES (${NAMES.map(() => "?").join(", ")})`,
        NAMES.map(() => value),
      );
    }
    const asked = NAMES.flatMap((column) => [
      { table, type: "not_null", column },
      { table, type: "unique", columns: [column] },
      { table, type: "accepted_values", column, values },
      { table, type: "accepted_values", column, values: values.slice(1) },
      { table, type: "between", column, min: "", max: "\u{10ffff}" },
      { table, type: "matches_regex", column, regex: "^[^x]*$" },
      { table, type: "relationships", column, to: table, field: "n" },
    ]);
    expect(await failing(db, asked)).toEqual(NAMES.flatMap(() => [0, 0, 0, 1, 0, 0, 0]));
  });

  it("are found in any case", async () => {
    const db = await database('CREATE TABLE t AS SELECT 1 AS "Order_ID"');
    expect(await failing(db, [{ type: "not_null", column: "ORDER_id" }])).toEqual([0]);
  });
});

describe("the work", () => {
  it("is a look at the columns and one scan for all that can be asked together", async () => {
    const { connection, asked } = recorded(
      await database("CREATE TABLE t AS SELECT range AS n, 's' || range AS s, now() AS at FROM range(10)"),
    );
    const results = await check(connection, [
      { type: "row_count_between", min: 1 },
      { type: "not_null", column: "n" },
      { type: "not_null", column: "s", where: "n > 3" },
      { type: "matches_regex", column: "s", regex: "^s" },
      { type: "expression", expression: "n >= 0" },
      { type: "expression", expression: "n >= 0", severity: "warn" },
      { type: "mean_between", column: "n", min: 0 },
      { type: "freshness", column: "at", maxAgeHours: 1, where: "false" },
    ]);
    expect(results.filter(({ status }) => status === "passed")).toHaveLength(7);
    expect(asked).toHaveLength(2);
    expect(asked[1]?.match(/n >= 0/g)).toHaveLength(1);
  });

  it("of a thousand expectations takes few statements, and each gets its own answer", async () => {
    const { connection, asked } = recorded(
      await database(
        "CREATE TABLE t AS SELECT range AS n, 's' || range AS s, range % 10 AS k FROM range(1000)",
      ),
    );
    const many = Array.from({ length: 1000 }, (_, index) =>
      index % 4 === 0
        ? { type: "between", column: "n", min: index }
        : index % 4 === 1
          ? { type: "expression", expression: `n <> ${index}` }
          : index % 4 === 2
            ? { type: "accepted_values", column: "k", values: [0, index] }
            : { type: "not_null", column: "s", where: `n < ${index}` },
    );
    expect(await failing(connection, many)).toEqual(
      many.map((_, index) => [index, 1, index < 10 ? 800 : 900, 0][index % 4]),
    );
    expect(asked.length).toBeLessThan(30);
  });
});
