import { strict as assert } from "node:assert";
import type { SqlValue } from "@floe/core";
import type { Rule } from "../../rule.ts";
import { expectCode } from "../expect-code.ts";
import { offline, openEngine } from "./engine.ts";

const query: Rule<"compute"> = {
  id: "compute.query",
  title: "answers a query with its columns and all its rows",
  notApplicable: offline,
  async check(subject) {
    const connection = await (await openEngine(subject))();
    const { columns, rows } = await connection.query(
      "SELECT 1 AS one, 'a' AS letter UNION ALL SELECT 2, 'b' UNION ALL SELECT 3, NULL ORDER BY one",
    );
    assert.deepEqual(
      columns.map(({ name }) => name.toLowerCase()),
      ["one", "letter"],
      "The columns' names are wrong.",
    );
    for (const { name, type } of columns) assert(type !== "", `The column ${name} has no type.`);
    const values = rows.map(([one, letter]) => [Number(one), letter]);
    assert.deepEqual(
      values,
      [
        [1, "a"],
        [2, "b"],
        [3, null],
      ],
      "The rows are wrong.",
    );

    const nothing = await connection.query("SELECT 1 AS one WHERE 1 = 0");
    assert.deepEqual(nothing.rows, [], "A query without results must give no rows.");
    assert.equal(nothing.columns.length, 1, "A query without results must still give its columns.");
  },
};

const VALUES: readonly (readonly [sql: string, expected: SqlValue])[] = [
  ["CAST('2024-02-29' AS DATE)", "2024-02-29"],
  ["CAST(12345678901234567890.12 AS DECIMAL(38, 2))", "12345678901234567890.12"],
  ["CAST(9007199254740993 AS BIGINT)", "9007199254740993"],
  ["CAST(NULL AS INTEGER)", null],
  ["1 = 1", true],
  ["CAST(0.5 AS DOUBLE)", 0.5],
  ["'日本語 🦆'", "日本語 🦆"],
];

const values: Rule<"compute"> = {
  id: "compute.values",
  title: "gives values without loss: dates, decimals and large integers as text, null as null",
  notApplicable: offline,
  async check(subject) {
    const connection = await (await openEngine(subject))();
    for (const [sql, expected] of VALUES) {
      const { rows } = await connection.query(`SELECT ${sql} AS v`);
      const found = rows[0]?.[0];
      assert.equal(typeof found === "bigint" ? String(found) : found, expected, `${sql} is wrong.`);
    }
    const { rows } = await connection.query("SELECT CAST('2024-02-29 12:34:56' AS TIMESTAMP) AS v");
    assert.match(String(rows[0]?.[0]), /^2024-02-29[T ]12:34:56/, "A timestamp must be ISO 8601.");
  },
};

const HOSTILE = [
  "it's",
  "'; DROP TABLE x; --",
  'say "hi"',
  "back\\slash",
  "50% ? :name $1",
  "",
  "日本語",
  "line\nbreak",
];

const parameters: Rule<"compute"> = {
  id: "compute.parameters",
  title: "binds parameters in order and never interpolates them",
  notApplicable: offline,
  async check(subject) {
    const connection = await (await openEngine(subject))();
    for (const text of HOSTILE) {
      const { rows } = await connection.query("SELECT CAST(? AS VARCHAR(200)) AS v", [text]);
      assert.deepEqual(rows, [[text]], `The parameter ${JSON.stringify(text)} came back otherwise.`);
    }
    const { rows } = await connection.query(
      "SELECT CAST(? AS VARCHAR(200)) AS a, '?' AS b, CAST(? AS VARCHAR(200)) AS c, CAST(? AS INTEGER) AS d",
      ["first", "second", null],
    );
    assert.deepEqual(rows, [["first", "?", "second", null]], "Several parameters must be bound in order.");
  },
};

const NAMES = ["plain", "Mixed Case", 'quo"te', "back`tick", "a.b", "select", "it's", "ünï", "semi;--"];

const identifiers: Rule<"compute"> = {
  id: "compute.identifiers",
  title: "quotes names so that any text is one",
  notApplicable: offline,
  async check(subject) {
    const connection = await (await openEngine(subject))();
    for (const name of NAMES) {
      const quoted = connection.quoteIdentifier([name]);
      const { columns } = await connection.query(`SELECT 1 AS ${quoted}`);
      assert.equal(columns[0]?.name, name, `${quoted} isn't the name ${JSON.stringify(name)}.`);
      const parts = `${connection.quoteIdentifier(["main"])}.${quoted}`;
      assert.equal(
        connection.quoteIdentifier(["main", name]),
        parts,
        "Parts must be quoted one by one, with dots between.",
      );
    }
  },
};

const failure: Rule<"compute"> = {
  id: "compute.failure",
  title: "fails on a wrong statement with the engine's words, and is usable afterwards",
  notApplicable: offline,
  async check(subject) {
    const connection = await (await openEngine(subject))();
    const missing = "floe_testkit_no_such_table";
    for (const sql of [`SELECT * FROM ${missing}`, "SELEKT 1"]) {
      await expectCode("COMPUTE.FAILED", sql, () => connection.query(sql));
    }
    const said = await connection
      .query(`SELECT * FROM ${missing}`)
      .catch((error: unknown) => JSON.stringify(error));
    assert.match(String(said), new RegExp(missing, "i"), "The error doesn't say what the engine said.");
    const { rows } = await connection.query("SELECT 1 AS one");
    assert.equal(Number(rows[0]?.[0]), 1, "After a failed statement the connection is no longer usable.");
  },
};

export const queryRules: readonly Rule<"compute">[] = [query, values, parameters, identifiers, failure];
