import type { Expectation, SqlValue } from "@floe/core";

export interface Query {
  sql: string;
  /** For the `?` in the text, in order. */
  parameters: readonly SqlValue[];
}

/** Quotes a name in parts for the engine. */
export type Quote = (parts: readonly string[]) => string;

/** The queries of an expectation about single rows. */
export interface FailingRows {
  /** One row, one value: how many rows break the expectation. */
  count: Query;
  /** The rows themselves. */
  rows: Query;
}

/**
 * The rows that break an expectation, asked for as dbt's tests ask. Undefined for one about the table as a
 * whole.
 */
export function failingRows(expectation: Expectation, quote: Quote): FailingRows | undefined {
  if (expectation.type === "unique") return repeatedKeys(expectation, quote);
  const condition = failingCondition(expectation, quote);
  if (condition === undefined) return undefined;
  const { sql, parameters, join = "" } = condition;
  const rows = { sql: `SELECT t.* FROM ${checkedRows(expectation, quote)}${join} WHERE ${sql}`, parameters };
  return { rows, count: { sql: `SELECT count(*) FROM (${rows.sql}) AS failures`, parameters } };
}

/** What is checked, as `t`: the table, or the rows of it that meet the expectation's `where`. */
export function checkedRows({ table, where }: Expectation, quote: Quote): string {
  // The line break ends a comment at the condition's end.
  return where === undefined
    ? `${quote(table)} AS t`
    : `(SELECT * FROM ${quote(table)} WHERE (${where}\n)) AS t`;
}

/**
 * A column of `t`. Always with `t`: alone, a name that no column has could be an alias, or in DuckDB the
 * table itself, and the check would answer about something else.
 */
export function columnOf(name: string, quote: Quote): string {
  return `t.${quote([name])}`;
}

function failingCondition(expectation: Expectation, quote: Quote): (Query & { join?: string }) | undefined {
  if (expectation.type === "expression") return { sql: `NOT (${expectation.expression}\n)`, parameters: [] };
  if (!("column" in expectation)) return undefined;
  const column = columnOf(expectation.column, quote);
  switch (expectation.type) {
    case "not_null":
      return { sql: `${column} IS NULL`, parameters: [] };
    case "accepted_values": {
      const { values } = expectation;
      return { sql: `${column} NOT IN (${values.map(() => "?").join(", ")})`, parameters: values };
    }
    case "relationships": {
      const parent = `parent.${quote([expectation.field])}`;
      return {
        join: ` LEFT JOIN ${quote(expectation.to)} AS parent ON ${column} = ${parent}`,
        sql: `${column} IS NOT NULL AND ${parent} IS NULL`,
        parameters: [],
      };
    }
    case "between": {
      const { min, max } = expectation;
      const bounds = [
        ...(min === undefined ? [] : [{ sql: `${column} < ?`, value: min }]),
        ...(max === undefined ? [] : [{ sql: `${column} > ?`, value: max }]),
      ];
      return {
        sql: bounds.map(({ sql }) => sql).join(" OR "),
        parameters: bounds.map(({ value }) => value),
      };
    }
    case "matches_regex":
      return {
        sql: `NOT regexp_matches(${column}, ?)`,
        parameters: [expectation.regex],
      };
    default:
      return undefined;
  }
}

/** dbt's own test gives each repeated key once; floe's vocabulary counts the rows that have it. */
function repeatedKeys(expectation: Extract<Expectation, { type: "unique" }>, quote: Quote): FailingRows {
  const from = checkedRows(expectation, quote);
  const keys = expectation.columns.map((name, index) => ({
    column: columnOf(name, quote),
    key: quote([`key_${index}`]),
  }));
  const columns = keys.map(({ column }) => column).join(", ");
  const present = keys.map(({ column }) => `${column} IS NOT NULL`).join(" AND ");
  const repeated = (selected: string): string =>
    `SELECT ${selected} FROM ${from} WHERE ${present} GROUP BY ${columns} HAVING count(*) > 1`;
  const named = keys.map(({ column, key }) => `${column} AS ${key}`).join(", ");
  const same = keys.map(({ column, key }) => `${column} = repeated.${key}`).join(" AND ");
  return {
    count: {
      sql: `SELECT coalesce(sum(copies), 0) FROM (${repeated("count(*) AS copies")}) AS failures`,
      parameters: [],
    },
    rows: { sql: `SELECT t.* FROM ${from} JOIN (${repeated(named)}) AS repeated ON ${same}`, parameters: [] },
  };
}
