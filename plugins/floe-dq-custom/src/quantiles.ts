import type { Expectation, SqlValue } from "@floe/core";
import type { Need } from "./batch.ts";
import { isInteger, scaleOf } from "./literal.ts";
import { rowsOf, type Scope } from "./scope.ts";
import { bind, list, type Sql, sql, trusted } from "./sql.ts";
import type { Column } from "./table.ts";

type QuantileExpectation = Extract<Expectation, { type: "quantile_between" }>;

/** All quantiles that are asked of the same rows' column, rising: the engine orders a column once for all. */
export type QuantilesAsked = (expectation: QuantileExpectation) => readonly number[];

export function quantilesAsked(expectations: readonly Expectation[]): QuantilesAsked {
  const keyOf = ({ table, where, column }: QuantileExpectation): string =>
    JSON.stringify([table, where, column.toLowerCase()]);
  const asked = Map.groupBy(
    expectations.filter((one): one is QuantileExpectation => one.type === "quantile_between"),
    keyOf,
  );
  return (expectation) => {
    const all = asked.get(keyOf(expectation)) ?? [expectation];
    return [...new Set(all.map(({ quantile }) => quantile))].sort((a, b) => a - b);
  };
}

export function* quantileOf(
  { quantile }: QuantileExpectation,
  scope: Scope,
  { sql: column, type }: Column,
  asked: readonly number[],
): Generator<readonly Need[], number | undefined, readonly SqlValue[]> {
  const digits = digitsMoved(type);
  const fractions = list(asked.map(bind));
  const value = exactly(column, type, digits);
  const [found] = yield [
    { batch: "quantiles", select: sql`SELECT quantile_cont(${value}, [${fractions}]) ${rowsOf(scope, [])}` },
  ];
  if (typeof found !== "string") return undefined;
  const values: readonly unknown[] = JSON.parse(found);
  return Number(values[asked.indexOf(quantile)]) / 10 ** digits;
}

/**
 * Places by which a decimal's point is moved, to make it a whole number of 64 bits: as a decimal it would be
 * rounded when it is interpolated, and as a double it would take twice as long.
 */
function digitsMoved(type: string): number {
  return precisionOf(type) <= 18 ? (scaleOf(type) ?? 0) : 0;
}

function precisionOf(type: string): number {
  return Number(/^DECIMAL\((\d+),/.exec(type)?.[1] ?? 0);
}

function exactly(column: Sql, type: string, digits: number): Sql {
  if (isInteger(type) || !type.startsWith("DECIMAL")) return column;
  if (digits === 0 && precisionOf(type) <= 18) return sql`CAST(${column} AS BIGINT)`;
  if (digits === 0) return sql`CAST(${column} AS DOUBLE)`;
  return sql`CAST(${column} * ${trusted(`1${"0".repeat(digits)}`)} AS BIGINT)`;
}
