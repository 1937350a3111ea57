import type { Expectation, SqlValue } from "@floe/core";
import type { Need } from "./batch.ts";
import type { Evaluation } from "./evaluation.ts";
import { distinctInRange, rangeOf } from "./integer-range.ts";
import { notNull, rowCount, rowsOf, type Scope } from "./scope.ts";
import { list, type Sql, sql } from "./sql.ts";
import type { Column, Table } from "./table.ts";

type Of<T extends Expectation["type"]> = Extract<Expectation, { type: T }>;

/** Keys that are asked to be unique among the same rows, each but a part of the given one. */
export type PartsAsked = (expectation: Of<"unique">) => readonly (readonly string[])[];

export function partsAsked(expectations: readonly Expectation[]): PartsAsked {
  const scopeKey = ({ table, where }: Expectation): string => JSON.stringify([table, where]);
  const asked = Map.groupBy(
    expectations.filter((one): one is Of<"unique"> => one.type === "unique"),
    scopeKey,
  );
  return (expectation) =>
    (asked.get(scopeKey(expectation)) ?? [])
      .map(({ columns }) => columns)
      .filter(
        (columns) =>
          columns.length < expectation.columns.length &&
          columns.every((name) => expectation.columns.includes(name)),
      );
}

/**
 * Rows whose key another row has too. A key that is NULL in part is no key.
 *
 * Most keys are unique, which is cheaper to prove than what breaks it is to count: by a part that is unique
 * already, else by itself. Only where no proof holds, keys are grouped.
 */
export function* evaluateUnique(expectation: Of<"unique">, scope: Scope, parts: PartsAsked): Evaluation {
  const columns = expectation.columns.map((name) => scope.table.column(name));
  const [rows] = yield [rowCount(scope)];
  for (const key of [...parts(expectation), expectation.columns]) {
    const proof = yield* proofOf(
      scope,
      key.map((name) => scope.table.column(name)),
    );
    const [proven] = yield [keyQuery(proof)];
    if (proven === true) return { passed: true, failingRows: 0, rowsChecked: Number(rows) };
  }
  const keyed = rowsOf(scope, columns.map(notNull));
  const groups = sql`SELECT count(*) AS n ${keyed} GROUP BY ${keyOf(columns)}`;
  const [failing] = yield [keyQuery(sql`SELECT coalesce(sum(n), 0) FROM (${groups}) WHERE n > 1`)];
  return { passed: Number(failing) === 0, failingRows: Number(failing), rowsChecked: Number(rows) };
}

/**
 * A query that gives true only for a unique key: by a bit for each number of the column's range, else by
 * hashes, of which there are as many as rows only if the keys differ.
 */
function* proofOf(
  scope: Scope,
  columns: readonly Column[],
): Generator<readonly Need[], Sql, readonly SqlValue[]> {
  const [first] = columns;
  const range = columns.length === 1 && first !== undefined ? yield* rangeOf(scope, first) : undefined;
  const different =
    range === undefined || first === undefined
      ? sql`count(DISTINCT hash(${keyOf(columns)}))`
      : distinctInRange(first, range);
  return sql`SELECT count(*) = coalesce(${different}, 0) ${rowsOf(scope, columns.map(notNull))}`;
}

function keyOf(columns: readonly Column[]): Sql {
  return list(columns.map(({ sql: column }) => column));
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
  const keys = keyOf(columns);
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
