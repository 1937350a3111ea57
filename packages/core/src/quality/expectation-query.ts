import type { Expectation } from "./expectations.ts";
import { type SqlDialect, sqlDialect } from "./sql-dialect.ts";

/**
 * An expectation as one query, for whoever has a connection and no quality framework: an orchestrator without
 * Node. Verdict and counts are those of the vocabulary, so they are every framework's.
 *
 * The query gives one row: `passed` (1 or 0), `failing_rows` (NULL for one about the table as a whole),
 * `rows_checked`, `observed` (text; NULL for one about rows). It needs no parameters: values stand in it, quoted.
 *
 * @param dialect sqlglot's and dbt's name of the engine: `duckdb`.
 * @returns undefined for a dialect that isn't spoken.
 */
export function expectationQuery(expectation: Expectation, dialect: string): string | undefined {
  const sql = sqlDialect(dialect);
  if (sql === undefined) return undefined;
  const scope = scopeOf(expectation, sql);
  switch (expectation.type) {
    case "unique":
      return repeatedKeys(expectation, scope);
    case "relationships":
      return danglingRows(expectation, scope);
    case "not_null":
    case "accepted_values":
    case "between":
    case "matches_regex":
    case "expression":
      return brokenRows(failingCondition(expectation, scope), scope);
    default:
      return measured(expectation, scope);
  }
}

type Of<T extends Expectation["type"]> = Extract<Expectation, { type: T }>;

/** The rows that an expectation is about. */
interface Scope {
  sql: SqlDialect;
  /** The table under its own name, for that is how a user's condition may call it. */
  from: string;
  where: string | undefined;
  /** Always with its table: alone, a name that no column has could be something else. */
  column(name: string): string;
}

function scopeOf({ table, where }: Expectation, sql: SqlDialect): Scope {
  const alias = sql.quote(table.at(-1) ?? "");
  return {
    sql,
    from: `${nameOf(table, sql)} AS ${alias}`,
    // The line break ends a comment at the condition's end.
    where: where === undefined ? undefined : `(${where}\n)`,
    column: (name) => `${alias}.${sql.quote(name)}`,
  };
}

function nameOf(parts: readonly string[], { quote }: SqlDialect): string {
  return parts.map(quote).join(".");
}

/** Within CASE, for it isn't evaluated on rows that are out of scope. */
function within({ where }: Scope, expression: string): string {
  return where === undefined ? expression : `CASE WHEN ${where} THEN ${expression} END`;
}

function rowCount(scope: Scope): string {
  return scope.where === undefined ? "count(*)" : `count(${within(scope, "1")})`;
}

/** The verdict on a subquery of `failing_rows` and `rows_checked`. */
function judgeRows(counts: string): string {
  return (
    "SELECT CASE WHEN failing_rows = 0 THEN 1 ELSE 0 END AS passed, failing_rows, rows_checked, " +
    `NULL AS observed FROM (${counts}) AS counted`
  );
}

function brokenRows(condition: string, scope: Scope): string {
  const failing = `count(${within(scope, `CASE WHEN ${condition} THEN 1 END`)})`;
  return judgeRows(
    `SELECT ${failing} AS failing_rows, ${rowCount(scope)} AS rows_checked FROM ${scope.from}`,
  );
}

function failingCondition(
  expectation: Of<"not_null" | "accepted_values" | "between" | "matches_regex" | "expression">,
  { sql, column }: Scope,
): string {
  switch (expectation.type) {
    case "not_null":
      return `${column(expectation.column)} IS NULL`;
    case "accepted_values":
      return `${column(expectation.column)} NOT IN (${expectation.values.map((one) => listed(one, sql)).join(", ")})`;
    case "between": {
      const { min, max } = expectation;
      const tested = column(expectation.column);
      return [
        ...(min === undefined ? [] : [`${tested} < ${literal(min, sql)}`]),
        ...(max === undefined ? [] : [`${tested} > ${literal(max, sql)}`]),
      ].join(" OR ");
    }
    case "matches_regex":
      return `NOT (${sql.hasMatch(column(expectation.column), expectation.regex)})`;
    case "expression":
      return `NOT (${expectation.expression}\n)`;
  }
}

/** Rows whose key another row has too. A key that is NULL in part is no key. */
function repeatedKeys({ columns }: Of<"unique">, scope: Scope): string {
  const keys = columns.map(scope.column);
  const present = [
    ...(scope.where === undefined ? [] : [scope.where]),
    ...keys.map((key) => `${key} IS NOT NULL`),
  ];
  const groups = `SELECT count(*) AS copies FROM ${scope.from} WHERE ${present.join(" AND ")} GROUP BY ${keys.join(", ")}`;
  return judgeRows(
    `SELECT (SELECT coalesce(sum(copies), 0) FROM (${groups}) AS keyed WHERE copies > 1) AS failing_rows, ` +
      `(SELECT ${rowCount(scope)} FROM ${scope.from}) AS rows_checked`,
  );
}

function danglingRows({ column, to, field }: Of<"relationships">, scope: Scope): string {
  const { sql } = scope;
  const key = scope.column(column);
  const known = `SELECT DISTINCT ${sql.quote(field)} AS floe_key FROM ${nameOf(to, sql)}`;
  const dangling = within(scope, `CASE WHEN ${key} IS NOT NULL AND floe_known.floe_key IS NULL THEN 1 END`);
  return judgeRows(
    `SELECT count(${dangling}) AS failing_rows, ${rowCount(scope)} AS rows_checked ` +
      `FROM ${scope.from} LEFT JOIN (${known}) AS floe_known ON ${key} = floe_known.floe_key`,
  );
}

/** The verdict on a value of the table as a whole. Of no values there is none, and nothing to be wrong. */
function measured(
  expectation: Of<
    "row_count_between" | "freshness" | "mean_between" | "quantile_between" | "distinct_count_between"
  >,
  scope: Scope,
): string {
  const { sql } = scope;
  const judge = (value: string, passed: string): string =>
    `SELECT CASE WHEN ${passed} THEN 1 ELSE 0 END AS passed, NULL AS failing_rows, rows_checked, ` +
    `${sql.asText("measured")} AS observed ` +
    `FROM (SELECT ${value} AS measured, ${rowCount(scope)} AS rows_checked FROM ${scope.from}) AS counted`;
  if (expectation.type === "row_count_between") return judge(rowCount(scope), inBounds(expectation));
  const column = within(scope, scope.column(expectation.column));
  switch (expectation.type) {
    case "mean_between":
      return judge(`avg(${column})`, inBounds(expectation));
    case "quantile_between":
      return judge(sql.quantile(column, expectation.quantile), inBounds(expectation));
    case "distinct_count_between":
      return judge(
        `CASE WHEN ${rowCount(scope)} > 0 THEN count(DISTINCT ${column}) END`,
        inBounds(expectation),
      );
    case "freshness":
      return judge(
        `max(${column})`,
        `measured IS NOT NULL AND ${sql.ageSeconds("measured")} <= ${expectation.maxAgeHours * 3600}`,
      );
  }
}

function inBounds({ min, max }: { min?: number | undefined; max?: number | undefined }): string {
  const bounds = [
    ...(min === undefined ? [] : [`measured >= ${min}`]),
    ...(max === undefined ? [] : [`measured <= ${max}`]),
  ];
  return `measured IS NULL OR (${bounds.join(" AND ")})`;
}

function literal(value: string | number | boolean, { text }: SqlDialect): string {
  return typeof value === "string" ? text(value) : String(value).toUpperCase();
}

/** A whole number or truth value as text, which engines turn into the column's type; the other way they fail. */
function listed(value: string | number | boolean, sql: SqlDialect): string {
  return typeof value === "number" && !Number.isInteger(value)
    ? literal(value, sql)
    : sql.text(String(value));
}
