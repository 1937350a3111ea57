import { type Expectation, FloeError, type SqlValue } from "@floe/core";
import { isInteger, scaleOf } from "./literal.ts";
import type { Evaluation, Need, Verdict } from "./need.ts";
import { aggregate, rowCount, rowsOf, type Scope, within } from "./scope.ts";
import { bind, type Sql, sql, trusted } from "./sql.ts";

export type TableExpectation = Extract<
  Expectation,
  {
    type: "row_count_between" | "freshness" | "mean_between" | "quantile_between" | "distinct_count_between";
  }
>;

/** An expectation about the table as a whole. */
export function* evaluateTable(expectation: TableExpectation, scope: Scope, now: () => number): Evaluation {
  const rows = rowCount(scope);
  if (expectation.type === "row_count_between") {
    const [count] = yield [rows];
    return between(expectation, count, count);
  }
  const column = scope.table.column(expectation.column);
  if (expectation.type === "freshness") {
    const [all, newest] = yield [rows, aggregate(scope, newestOf(scope, column.sql, column.type))];
    return fresh(expectation.maxAgeHours, all, newest, now());
  }
  if (expectation.type === "quantile_between") {
    const scale = bigintScale(column.type);
    const [all, found] = yield [rows, quantile(scope, column.sql, column.type, expectation.quantile)];
    return between(
      expectation,
      all,
      found === null || found === undefined ? null : Number(found) / 10 ** scale,
    );
  }
  if (expectation.type === "mean_between") {
    const [all, mean] = yield [rows, aggregate(scope, sql`avg(${within(scope, column.sql)})`)];
    return between(expectation, all, mean);
  }
  const [all, distinct] = yield [
    rows,
    { batch: "keys", select: sql`SELECT count(DISTINCT ${column.sql}) ${rowsOf(scope, [])}` },
  ];
  return between(expectation, all, distinct);
}

/** Milliseconds since 1970. A time without a zone is UTC's. */
function newestOf(scope: Scope, column: Sql, type: string): Sql {
  const value = within(scope, column);
  if (type === "TIMESTAMP WITH TIME ZONE") return sql`max(${value})`;
  if (/^(DATE|TIMESTAMP)/.test(type)) return sql`CAST(max(${value}) AS TIMESTAMP)`;
  return sql`max(CAST(${value} AS TIMESTAMP))`;
}

function fresh(
  maxAgeHours: number,
  rows: SqlValue | undefined,
  newest: SqlValue | undefined,
  now: number,
): Verdict {
  const checked = { failingRows: null, rowsChecked: Number(rows) };
  if (newest === null || newest === undefined) return { ...checked, passed: false, observed: "no row" };
  const text = String(newest);
  const passed =
    text === "infinity" ||
    now - Date.parse(/[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`) <= maxAgeHours * 3_600_000;
  return { ...checked, passed, observed: text };
}

function quantile(scope: Scope, column: Sql, type: string, fraction: number): Need {
  return {
    batch: "quantiles",
    select: sql`SELECT quantile_cont(${inUnits(column, type)}, ${bind(fraction)}) ${rowsOf(scope, [])}`,
  };
}

/** Digits by which a decimal is moved, so that it is a whole number of 64 bits: interpolating a decimal would round it. */
function bigintScale(type: string): number {
  const precision = Number(/^DECIMAL\((\d+),/.exec(type)?.[1] ?? 0);
  return precision > 0 && precision <= 18 ? (scaleOf(type) ?? 0) : 0;
}

function inUnits(column: Sql, type: string): Sql {
  if (isInteger(type) || !type.startsWith("DECIMAL")) return column;
  const scale = bigintScale(type);
  return scale === 0
    ? sql`CAST(${column} AS DOUBLE)`
    : sql`CAST(${column} * ${trusted(String(10 ** scale))} AS BIGINT)`;
}

function between(
  {
    min = Number.NEGATIVE_INFINITY,
    max = Number.POSITIVE_INFINITY,
  }: { min?: number | undefined; max?: number | undefined },
  rows: SqlValue | undefined,
  found: SqlValue | undefined,
): Verdict {
  const checked = { failingRows: null, rowsChecked: Number(rows) };
  // Of no values there is no mean.
  if (found === null || found === undefined) return { ...checked, passed: true, observed: "no value" };
  const value = Number(found);
  if (Number.isNaN(value) && found !== "NaN") {
    throw new FloeError("QUALITY.INVALID_EXPECTATION", `The value found is no number: ${found}.`);
  }
  return { ...checked, passed: value >= min && value <= max, observed: String(found) };
}
