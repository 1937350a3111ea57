import { describe, expect, it } from "vitest";
import { check, database, failing } from "./open-database.ts";

describe("expectations about rows", () => {
  const types: [type: string, values: string[], low: unknown, high: unknown][] = [
    ["TINYINT", ["-5", "0", "7"], -5, 7],
    ["INTEGER", ["-5", "0", "7"], "-5", "7"],
    [
      "BIGINT",
      ["9007199254740993", "9007199254740995", "9007199254740997"],
      "9007199254740993",
      "9007199254740997",
    ],
    [
      "HUGEINT",
      ["-170141183460469231731687303715884105728", "0", "1"],
      "-170141183460469231731687303715884105728",
      1,
    ],
    ["UBIGINT", ["0", "18446744073709551614", "18446744073709551615"], 0, "18446744073709551615"],
    ["DECIMAL(10,2)", ["0.10", "0.20", "0.30"], 0.1, 0.3],
    [
      "DECIMAL(38,10)",
      ["1234567890123456789012345678.0000000001", "0", "1"],
      "0",
      "1234567890123456789012345678.0000000001",
    ],
    ["FLOAT", ["0.1", "0.2", "0.3"], 0.1, 0.3],
    ["DOUBLE", ["0.1", "0.2", "0.3"], 0.1, 0.3],
    ["VARCHAR", ["''", "'b'", "'ü'"], "", "ü"],
    ["DATE", ["'2024-01-01'", "'2024-06-01'", "'2024-12-31'"], "2024-01-01", "2024-12-31"],
    [
      "TIMESTAMP",
      ["'2024-01-01 00:00:00'", "'2024-06-01'", "'2024-12-31 23:59:59.5'"],
      "2024-01-01",
      "2024-12-31T23:59:59.5",
    ],
    [
      "TIMESTAMPTZ",
      ["'2024-01-01 00:00:00Z'", "'2024-06-01 00:00:00Z'", "'2024-12-31 00:00:00Z'"],
      "2024-01-01T01:00:00+01:00",
      "2024-12-31",
    ],
    ["TIME", ["'00:00:00'", "'12:00'", "'23:59:59'"], "00:00:00", "23:59:59"],
    [
      "UUID",
      [
        "'00000000-0000-0000-0000-000000000001'",
        "'00000000-0000-0000-0000-000000000002'",
        "'00000000-0000-0000-0000-000000000003'",
      ],
      "00000000-0000-0000-0000-000000000001",
      "00000000-0000-0000-0000-000000000003",
    ],
  ];
  it.each(types)("count %s exactly, and NULL against not_null alone", async (type, values, low, high) => {
    const [first, second, third] = values;
    const db = await database(
      `CREATE TABLE t (x ${type})`,
      `INSERT INTO t VALUES (${first}), (${second}), (${second}), (${third}), (NULL), (NULL)`,
    );
    const unquoted = (text: string | undefined): string => (text ?? "").replaceAll("'", "");
    expect(
      await failing(db, [
        { type: "not_null", column: "x" },
        { type: "not_null", column: "x", where: "x IS NOT NULL" },
        { type: "unique", columns: ["x"] },
        { type: "between", column: "x", min: low, max: high },
        { type: "between", column: "x", min: low, max: high, where: "x IS NOT NULL" },
        { type: "accepted_values", column: "x", values: values.map(unquoted) },
        { type: "accepted_values", column: "x", values: [unquoted(second)] },
        { type: "distinct_count_between", column: "x", min: 3, max: 3 },
        { type: "expression", expression: `x = ${second}::${type}` },
      ]),
    ).toEqual([2, 0, 2, 0, 0, 0, 2, "passed", 2]);
  });

  it("count those outside of the bounds on both sides", async () => {
    const db = await database("CREATE TABLE t AS SELECT range AS x FROM range(100)");
    expect(
      await failing(db, [
        { type: "between", column: "x", min: 10 },
        { type: "between", column: "x", max: 10 },
        { type: "between", column: "x", min: 10, max: 19, where: "x % 2 = 0" },
        { type: "between", column: "x", min: -1e300, max: 1e300 },
        { type: "between", column: "x", min: 99999999999 },
      ]),
    ).toEqual([10, 89, 45, 0, 100]);
  });

  it("compare numbers at full precision, whatever the bound's digits", async () => {
    const db = await database(
      "CREATE TABLE t (money DECIMAL(10,2), big BIGINT, whole INTEGER)",
      "INSERT INTO t VALUES (0.10, 9007199254740993, 10), (0.11, 9007199254740992, 11), (-0.10, 0, -10), (NULL, NULL, NULL)",
    );
    expect(
      await failing(db, [
        { type: "between", column: "money", min: 0.105 },
        { type: "between", column: "money", max: 0.105 },
        { type: "between", column: "money", min: -0.105 },
        { type: "between", column: "money", min: -0.095 },
        { type: "between", column: "big", max: "9007199254740992" },
        { type: "between", column: "whole", min: 10.5 },
        { type: "between", column: "whole", max: 10.5 },
        { type: "between", column: "whole", min: -10.5 },
        { type: "between", column: "big", min: 1e-7 },
        { type: "accepted_values", column: "whole", values: [10, 10.5, 11, 99999999999, -10] },
        { type: "accepted_values", column: "whole", values: [10.5] },
        { type: "accepted_values", column: "money", values: ["0.1", 0.11, -0.1] },
        { type: "accepted_values", column: "big", values: ["9007199254740993", "9007199254740992", 0] },
      ]),
    ).toEqual([2, 1, 0, 1, 1, 2, 1, 0, 1, 0, 3, 0, 0]);
  });

  it("take a NaN and an infinity as DuckDB orders them: above all numbers", async () => {
    const db = await database(
      "CREATE TABLE t AS SELECT * FROM (VALUES ('NaN'::DOUBLE), ('Infinity'), (1), (NULL)) v(x)",
    );
    expect(
      await failing(db, [
        { type: "between", column: "x", max: 10 },
        { type: "between", column: "x", min: 0 },
        { type: "not_null", column: "x" },
      ]),
    ).toEqual([2, 0, 1]);
  });

  it("compare a date with a moment of a day", async () => {
    const db = await database("CREATE TABLE t AS SELECT DATE '2024-01-01' AS d");
    expect(
      await failing(db, [
        { type: "between", column: "d", min: "2024-01-01T12:00:00" },
        { type: "between", column: "d", max: "2024-01-01T12:00:00" },
      ]),
    ).toEqual([1, 0]);
  });

  it("take a time without a zone as UTC's, in columns and bounds", async () => {
    const db = await database(
      "SET TimeZone = 'America/New_York'",
      "CREATE TABLE t AS SELECT TIMESTAMP '2024-01-01 12:00:00' AS plain, TIMESTAMPTZ '2024-01-01 12:00:00Z' AS zoned",
    );
    const bounds = ["2024-01-01T12:00:00", "2024-01-01 12:00:00Z", "2024-01-01T14:00:00+02:00"];
    expect(
      await failing(
        db,
        ["plain", "zoned"].flatMap((column) => [
          ...bounds.map((bound) => ({ type: "between", column, min: bound, max: bound })),
          { type: "between", column, min: "2024-01-01T12:00:01+00:00" },
          { type: "accepted_values", column, values: bounds.slice(0, 1) },
        ]),
      ),
    ).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 1, 0]);
  });

  it("take numbers and booleans as their text where the column is text, and enums as text", async () => {
    const db = await database(
      "CREATE TABLE t (x VARCHAR, e ENUM ('new', 'paid'), b BOOLEAN)",
      "INSERT INTO t VALUES ('1', 'new', true), ('true', 'paid', false), ('x', NULL, NULL)",
    );
    expect(
      await failing(db, [
        { type: "accepted_values", column: "x", values: [1, true] },
        { type: "accepted_values", column: "e", values: ["new", "void"] },
        { type: "accepted_values", column: "b", values: [true] },
        { type: "accepted_values", column: "b", values: ["true", "false"] },
      ]),
    ).toEqual([1, 1, 1, 0]);
  });

  it("look ten thousand values up at once", async () => {
    const db = await database(
      "CREATE TABLE t AS SELECT 'v' || (range % 20000) AS x, range AS n FROM range(100000)",
    );
    const values = Array.from({ length: 10_000 }, (_, index) => `v${index}`);
    const numbers = values.map((_, index) => index);
    expect(
      await failing(db, [
        { type: "accepted_values", column: "x", values },
        { type: "accepted_values", column: "n", values: numbers },
      ]),
    ).toEqual([50_000, 90_000]);
  });

  it("find a regular expression anywhere in the value, and tell one that is none", async () => {
    const db = await database("CREATE TABLE t AS SELECT unnest(['abc', 'xbx', NULL, '']) AS x");
    const [anywhere, whole, wrong] = await failing(db, [
      { type: "matches_regex", column: "x", regex: "b" },
      { type: "matches_regex", column: "x", regex: "^[a-z]{3}$" },
      { type: "matches_regex", column: "x", regex: "(" },
    ]);
    expect([anywhere, whole]).toEqual([1, 1]);
    expect(wrong).toMatch(/^error: .*missing \)/);
  });

  it("check only rows that meet `where`, and evaluate nothing on others", async () => {
    const db = await database("CREATE TABLE t AS SELECT * FROM (VALUES ('1'), ('2'), ('x')) v(s)");
    const [result] = await check(
      db,
      [{ type: "expression", expression: "CAST(s AS INTEGER) < 2", where: "s <> 'x'" }],
      { sampleRows: 5 },
    );
    expect(result).toMatchObject({ status: "failed", failingRows: 1, rowsChecked: 2, samples: [{ s: "2" }] });
  });
});

describe("keys", () => {
  it("are unique where no other row has the same, and none where NULL is part of them", async () => {
    const db = await database(
      "CREATE TABLE t (a INTEGER, b VARCHAR)",
      "INSERT INTO t VALUES (1, 'x'), (1, 'x'), (1, NULL), (1, NULL), (NULL, NULL), (NULL, NULL), (2, 'x'), (3, 'y')",
    );
    expect(
      await failing(db, [
        { type: "unique", columns: ["a", "b"] },
        { type: "unique", columns: ["a"] },
        { type: "unique", columns: ["b"] },
        { type: "unique", columns: ["a", "b"], where: "a > 1" },
        { type: "unique", columns: ["b"], where: "a > 1" },
      ]),
    ).toEqual([2, 4, 3, 0, 0]);
  });

  it("are unique with a part that is, NULL or not, and may be where no part is", async () => {
    const db = await database(
      "CREATE TABLE t AS SELECT * FROM (VALUES (1, 1, 'x'), (2, 1, 'y'), (NULL, 2, 'z'), (NULL, 2, 'z')) v(id, k, s)",
    );
    expect(
      await failing(db, [
        { type: "unique", columns: ["id", "s"] },
        { type: "unique", columns: ["id"] },
        { type: "unique", columns: ["k"] },
        { type: "unique", columns: ["k", "s"] },
        { type: "unique", columns: ["s", "k"], where: "id > 0" },
      ]),
    ).toEqual([0, 0, 4, 2, 0]);
  });

  it("are counted by a bit for each number where the range allows it, in any integer type", async () => {
    const db = await database(
      "CREATE TABLE t AS SELECT (range * 3 - 300000)::BIGINT AS good, (range * 3)::INTEGER AS bad, range::HUGEINT + 170141183460469231731687303715884000000 AS huge, range::UBIGINT AS u FROM range(100000)",
      "INSERT INTO t VALUES (NULL, 3, NULL, NULL), (NULL, 3, NULL, 0), (NULL, 6, NULL, NULL)",
    );
    expect(
      await failing(db, [
        { type: "unique", columns: ["good"] },
        { type: "unique", columns: ["bad"] },
        { type: "unique", columns: ["huge"] },
        { type: "unique", columns: ["u"] },
        { type: "unique", columns: ["good"], where: "false" },
        { type: "unique", columns: ["bad"], where: "bad > 6" },
        { type: "distinct_count_between", column: "good", min: 100_000, max: 100_000 },
        { type: "distinct_count_between", column: "good", max: 0, where: "false" },
      ]),
    ).toEqual([0, 5, 0, 2, 0, 0, "passed", "passed"]);
  });

  it("refer to rows of another table, NULL to none", async () => {
    const db = await database(
      "CREATE TABLE parent AS SELECT unnest([1, 2, NULL]) AS id",
      "CREATE TABLE t AS SELECT unnest([1, 1, 2, 3, 3, NULL]) AS parent_id",
      "CREATE TABLE nobody (id INTEGER)",
    );
    const to = ["main", "parent"];
    expect(
      await failing(db, [
        { type: "relationships", column: "parent_id", to, field: "id" },
        { type: "relationships", column: "parent_id", to, field: "id", where: "parent_id < 3" },
        { type: "relationships", column: "parent_id", to: ["main", "nobody"], field: "id" },
        { type: "relationships", column: "parent_id", to, field: "nothing" },
        { type: "relationships", column: "parent_id", to: ["main", "nowhere"], field: "id" },
      ]),
    ).toEqual([
      2,
      0,
      5,
      'error: The table main.parent has no column "nothing".',
      expect.stringMatching(/^error: Catalog Error: Table with name nowhere does not exist/),
    ]);
  });

  it("that break the rule are shown where they are asked for", async () => {
    const db = await database(
      "CREATE TABLE parent AS SELECT 1 AS id",
      "CREATE TABLE t AS SELECT * FROM (VALUES (1, 'a'), (1, 'b'), (2, 'c'), (NULL, 'd'), (NULL, 'e')) v(k, s)",
    );
    const results = await check(
      db,
      [
        { type: "unique", columns: ["k"] },
        { type: "relationships", column: "k", to: ["main", "parent"], field: "id" },
        { type: "not_null", column: "k" },
      ],
      { sampleRows: 10 },
    );
    const shown = results.map(({ samples = [] }) => samples.map(({ s }) => s).sort());
    expect(shown).toEqual([["a", "b"], ["c"], ["d", "e"]]);
  });
});
