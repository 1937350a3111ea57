import type { Expectation } from "@floe/core";
import type { Need } from "./batch.ts";
import type { Evaluation } from "./evaluation.ts";
import { distinctInRange, rangeOf } from "./integer-range.ts";
import { notNull, rowCount, rowsOf, type Scope } from "./scope.ts";
import { list, type Sql, sql } from "./sql.ts";
import type { Table } from "./table.ts";

type Of<T extends Expectation["type"]> = Extract<Expectation, { type: T }>;

/**
 * Rows whose key another row has too. A key that is NULL in part is no key.
 *
 * Most keys are unique, and that is cheaper to prove than to count what breaks it: by a bit for each number of
 * the column's range, else by hashes, which never differ where keys don't. Only where the proof fails, keys
 * are grouped.
 */
export function* evaluateUnique(expectation: Of<"unique">, scope: Scope): Evaluation {
  const columns = expectation.columns.map((name) => scope.table.column(name));
  const keys = list(columns.map(({ sql: column }) => column));
  const keyed = rowsOf(scope, columns.map(notNull));
  const [single] = columns;
  const range = columns.length === 1 && single !== undefined ? yield* rangeOf(scope, single) : undefined;
  const different =
    range === undefined || single === undefined
      ? sql`count(DISTINCT hash(${keys}))`
      : distinctInRange(single, range);
  const [rows, proven] = yield [
    rowCount(scope),
    keyQuery(sql`SELECT count(*) = coalesce(${different}, 0) ${keyed}`),
  ];
  if (proven === true) return { passed: true, failingRows: 0, rowsChecked: Number(rows) };
  const groups = sql`SELECT count(*) AS n ${keyed} GROUP BY ${keys}`;
  const [failing] = yield [keyQuery(sql`SELECT coalesce(sum(n), 0) FROM (${groups}) WHERE n > 1`)];
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
  const keys = sql`SELECT ${column.sql} AS floe_key ${rowsOf(scope, [notNull(column)])}`;
  const known = sql`SELECT ${field.sql} AS floe_key FROM ${target.sql}`;
  const [rows, failing] = yield [
    rowCount(scope),
    { batch: "joins", select: sql`SELECT count(*) FROM (${keys}) ANTI JOIN (${known}) USING (floe_key)` },
  ];
  return { passed: Number(failing) === 0, failingRows: Number(failing), rowsChecked: Number(rows) };
}

/** The rows that break `unique`, as a query. */
export function repeatedRows(expectation: Of<"unique">, scope: Scope): Sql {
  const columns = expectation.columns.map((name) => scope.table.column(name));
  const keys = list(columns.map(({ sql: column }) => column));
  const repeated = sql`SELECT ${keys} ${rowsOf(scope, columns.map(notNull))} GROUP BY ${keys} HAVING count(*) > 1`;
  return sql`SELECT * FROM (SELECT * ${rowsOf(scope, [])}) SEMI JOIN (${repeated}) USING (${keys})`;
}

/** The rows that break `relationships`, as a query. */
export function danglingRows(expectation: Of<"relationships">, scope: Scope, target: Table): Sql {
  const column = scope.table.column(expectation.column);
  const field = target.column(expectation.field);
  const known = sql`SELECT ${field.sql} FROM ${target.sql} WHERE ${notNull(field)}`;
  return sql`SELECT * ${rowsOf(scope, [notNull(column), sql`${column.sql} NOT IN (${known})`])}`;
}

function keyQuery(select: Sql): Need {
  return { batch: "keys", select };
}
