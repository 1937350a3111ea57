/** What engines say differently in a query on an expectation. Named as sqlglot and dbt's adapters name them. */
export interface SqlDialect {
  /** A name, so that it is that name and nothing else. */
  quote(name: string): string;
  text(value: string): string;
  /** Whether a text has a match of a regular expression anywhere. */
  hasMatch(text: string, regex: string): string;
  /** An aggregate: the quantile of a column, interpolated between neighbours. */
  quantile(column: string, quantile: number): string;
  /** The age of a time in seconds. A time without a zone is UTC's. */
  ageSeconds(time: string): string;
  /** A value as text. */
  asText(value: string): string;
}

const doubled = (mark: string) => (name: string) => `${mark}${name.replaceAll(mark, mark + mark)}${mark}`;
const plainText = doubled("'");

const duckdb: SqlDialect = {
  quote: doubled('"'),
  text: plainText,
  hasMatch: (text, regex) => `regexp_matches(${text}, ${plainText(regex)})`,
  quantile: (column, quantile) => `quantile_cont(CAST(${column} AS DOUBLE), ${quantile})`,
  ageSeconds: (time) => `epoch(now()) - epoch(${time})`,
  asText: (value) => `CAST(${value} AS VARCHAR)`,
};

/** Names that need no quotes get none: unquoted they are stored in capitals, which is how dbt makes them. */
const snowflake: SqlDialect = {
  quote: (name) =>
    /^[A-Za-z_]\w*$/.test(name) && !RESERVED.has(name.toLowerCase()) ? name : duckdb.quote(name),
  text: (value) => plainText(value.replaceAll("\\", "\\\\")),
  hasMatch: (text, regex) => `REGEXP_INSTR(${text}, ${snowflake.text(regex)}) > 0`,
  quantile: (column, quantile) => `PERCENTILE_CONT(${quantile}) WITHIN GROUP (ORDER BY ${column})`,
  ageSeconds: (time) =>
    `DATE_PART(epoch_second, CURRENT_TIMESTAMP()) - DATE_PART(epoch_second, CAST(${time} AS TIMESTAMP_TZ))`,
  asText: (value) => `CAST(${value} AS VARCHAR)`,
};

/** @see https://docs.snowflake.com/en/sql-reference/reserved-keywords */
const RESERVED = new Set(
  (
    "all alter and any as between by case cast check column connect constraint create cross current " +
    "current_date current_time current_timestamp current_user delete distinct drop else exists false following " +
    "for from full grant group having ilike in increment inner insert intersect into is join lateral left like " +
    "localtime localtimestamp minus natural not null of on or order qualify regexp revoke right rlike row rows " +
    "sample select set some start table tablesample then to trigger true try_cast union unique update using " +
    "values when whenever where with"
  ).split(" "),
);

const spark: SqlDialect = {
  quote: doubled("`"),
  text: (value) => `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`,
  hasMatch: (text, regex) => `${text} RLIKE ${spark.text(regex)}`,
  quantile: (column, quantile) => `percentile(${column}, ${quantile})`,
  ageSeconds: (time) => `unix_timestamp() - unix_timestamp(${time})`,
  asText: (value) => `CAST(${value} AS STRING)`,
};

const DIALECTS: Readonly<Record<string, SqlDialect>> = { duckdb, snowflake, spark };

/** A dialect by its name; undefined for one that isn't spoken. */
export function sqlDialect(name: string): SqlDialect | undefined {
  return DIALECTS[name];
}
