import type { Expectation } from "@floe/core";
import { checkedRows, columnOf, type Query, type Quote } from "./failing-rows.ts";

const SECONDS_PER_HOUR = 3600;

/**
 * The query of an expectation about the table as a whole. It gives one row: what was measured (NULL where
 * there is nothing to measure), and whether that breaks the expectation. Undefined for one about rows.
 */
export function measuredValue(expectation: Expectation, quote: Quote): Query | undefined {
  const measure = measureOf(expectation, quote);
  if (measure === undefined) return undefined;
  const { value, broken, parameters } = measure;
  return {
    sql: `SELECT measured, coalesce(${broken}) FROM (SELECT ${value} AS measured FROM ${checkedRows(expectation, quote)}) AS measurement`,
    parameters,
  };
}

type Measure = Pick<Query, "parameters"> & {
  value: string;
  /** Arguments of `coalesce`: a condition on `measured`, and what holds where it is NULL. */
  broken: string;
};

function measureOf(expectation: Expectation, quote: Quote): Measure | undefined {
  if (expectation.type === "row_count_between") return { value: "count(*)", ...outside(expectation) };
  if (!("column" in expectation)) return undefined;
  const column = columnOf(expectation.column, quote);
  switch (expectation.type) {
    case "mean_between":
      return { value: `avg(${column})`, ...outside(expectation) };
    case "quantile_between":
      return {
        // A decimal's quantile would be rounded to the column's scale. The number is the schema's, 0 to 1.
        value: `quantile_cont(CAST(${column} AS DOUBLE), ${expectation.quantile})`,
        ...outside(expectation),
      };
    case "distinct_count_between":
      // NULL for no rows at all: an empty table has no count of values that could be wrong.
      return { value: `CASE WHEN count(*) > 0 THEN count(DISTINCT ${column}) END`, ...outside(expectation) };
    case "freshness":
      return {
        value: `max(${column})`,
        // Seconds since 1970 are the same for all types of time; those without a zone are UTC.
        broken: "epoch(measured) < epoch(now()) - ?, TRUE",
        parameters: [expectation.maxAgeHours * SECONDS_PER_HOUR],
      };
    default:
      return undefined;
  }
}

function outside(bounds: { min?: number | undefined; max?: number | undefined }): Omit<Measure, "value"> {
  const { min, max } = bounds;
  const conditions = [
    ...(min === undefined ? [] : ["measured < ?"]),
    ...(max === undefined ? [] : ["measured > ?"]),
  ];
  return {
    broken: `${conditions.join(" OR ")}, FALSE`,
    parameters: [min, max].filter((bound) => bound !== undefined),
  };
}
