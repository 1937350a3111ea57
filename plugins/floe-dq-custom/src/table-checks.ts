import { type Expectation, FloeError, type SqlValue } from "@floe/core";
import type { Need } from "./batch.ts";
import type { Evaluation, Verdict } from "./evaluation.ts";
import { distinctInRange, type IntegerRange, rangeOf } from "./integer-range.ts";
import { type QuantilesAsked, quantileOf } from "./quantiles.ts";
import { aggregate, notNull, rowCount, rowsOf, type Scope, within } from "./scope.ts";
import { type Sql, sql } from "./sql.ts";
import type { Column } from "./table.ts";

export type TableExpectation = Extract<
  Expectation,
  {
    type: "row_count_between" | "freshness" | "mean_between" | "quantile_between" | "distinct_count_between";
  }
>;

/** An expectation about the table as a whole. */
export function* evaluateTable(
  expectation: TableExpectation,
  scope: Scope,
  now: () => number,
  asked: QuantilesAsked,
): Evaluation {
  const rows = rowCount(scope);
  if (expectation.type === "row_count_between") {
    // Of no rows count_if is NULL.
    const count = (yield [rows])[0] ?? 0;
    return between(expectation, count, count);
  }
  const column = scope.table.column(expectation.column);
  if (expectation.type === "freshness") {
    const [all, newest] = yield [rows, aggregate(scope, newestOf(scope, column))];
    return fresh(expectation.maxAgeHours, all, newest, now());
  }
  if (expectation.type === "quantile_between") {
    const found = yield* quantileOf(expectation, scope, column, asked(expectation));
    const [all] = yield [rows];
    return between(expectation, all, found);
  }
  if (expectation.type === "mean_between") {
    const [all, mean] = yield [rows, aggregate(scope, sql`avg(${within(scope, column.sql)})`)];
    return between(expectation, all, mean);
  }
  const range = yield* rangeOf(scope, column);
  const [all, distinct] = yield [rows, distinctCount(scope, column, range)];
  // Of no rows there is no count either: an empty table passes.
  return between(expectation, all, Number(all) === 0 ? null : distinct);
}

/** A time without a zone is UTC's. A text may have a zone that DuckDB would drop, so it is none. */
function newestOf(scope: Scope, { sql: column, type }: Column): Sql {
  const newest = sql`max(${within(scope, column)})`;
  if (type === "TIMESTAMP WITH TIME ZONE") return newest;
  if (/^(DATE$|TIMESTAMP)/.test(type)) return sql`CAST(${newest} AS TIMESTAMP)`;
  throw new FloeError("QUALITY.INVALID_EXPECTATION", `A column of ${type} tells no date or time.`, {
    next: ["Cast the column to a timestamp in its model."],
  });
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

function distinctCount(scope: Scope, column: Column, range: IntegerRange | undefined): Need {
  const select =
    range === undefined
      ? sql`SELECT count(*) FROM (SELECT DISTINCT ${column.sql} ${rowsOf(scope, [notNull(column)])})`
      : sql`SELECT coalesce(${distinctInRange(column, range)}, 0) ${rowsOf(scope, [])}`;
  return { batch: "keys", select };
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
