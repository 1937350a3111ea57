import type { Expectation } from "@floe/core";
import type { Evaluation } from "./need.ts";
import { notNull, rowCount, rowsOf, type Scope } from "./scope.ts";
import { list, type Sql, sql } from "./sql.ts";
import type { Table } from "./table.ts";

type Of<T extends Expectation["type"]> = Extract<Expectation, { type: T }>;

/** Rows whose key another row has too. A key that is NULL in part is no key. */
export function* evaluateUnique(expectation: Of<"unique">, scope: Scope): Evaluation {
  const repeated = sql`SELECT count(*) AS n ${keyed(expectation, scope)} GROUP BY ${columnsOf(expectation, scope)}`;
  const [rows, failing] = yield [
    rowCount(scope),
    { batch: "keys", select: sql`SELECT coalesce(sum(n), 0) FROM (${repeated}) WHERE n > 1` },
  ];
  return { passed: Number(failing) === 0, failingRows: Number(failing), rowsChecked: Number(rows) };
}

/** Rows that refer to nothing. */
export function* evaluateRelationship(
  expectation: Of<"relationships">,
  scope: Scope,
  target: Table,
): Evaluation {
  const column = scope.table.column(expectation.column);
  const field = target.column(expectation.field);
  const [rows, failing] = yield [
    rowCount(scope),
    {
      batch: "joins",
      select: sql`SELECT count(*) FROM (SELECT ${column.sql} AS floe_key ${rowsOf(scope, [notNull(column)])}) ANTI JOIN (SELECT ${field.sql} AS floe_key FROM ${target.sql}) USING (floe_key)`,
    },
  ];
  return { passed: Number(failing) === 0, failingRows: Number(failing), rowsChecked: Number(rows) };
}

function columnsOf({ columns }: Of<"unique">, { table }: Scope): Sql {
  return list(columns.map((name) => table.column(name).sql));
}

/** `FROM` and `WHERE` of the rows that have a key. */
function keyed({ columns }: Of<"unique">, scope: Scope): Sql {
  return rowsOf(
    scope,
    columns.map((name) => notNull(scope.table.column(name))),
  );
}

/** Failing rows as a query. */
export function repeatedRows(expectation: Of<"unique">, scope: Scope): Sql {
  const columns = columnsOf(expectation, scope);
  const keys = sql`SELECT ${columns} ${keyed(expectation, scope)} GROUP BY ${columns} HAVING count(*) > 1`;
  return sql`SELECT * FROM (SELECT * ${rowsOf(scope, [])}) SEMI JOIN (${keys}) USING (${columns})`;
}

export function danglingRows(expectation: Of<"relationships">, scope: Scope, target: Table): Sql {
  const column = scope.table.column(expectation.column);
  const field = target.column(expectation.field);
  const known = sql`SELECT ${field.sql} FROM ${target.sql} WHERE ${notNull(field)}`;
  return sql`SELECT * ${rowsOf(scope, [notNull(column), sql`${column.sql} NOT IN (${known})`])}`;
}
