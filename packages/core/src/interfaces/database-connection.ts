import type { JsonObject } from "./plugin.ts";

/**
 * SQL access to the engine, lent by the compute plugin to whoever must look at data.
 *
 * Replaces the specification's `DatabaseConnection`, a live Python object: TypeScript callers use
 * {@link query}; Python tools open their own connection from {@link profile}.
 */
export interface DatabaseConnection {
  /** The SQL dialect by sqlglot's name: `duckdb`, `snowflake`, `spark`. */
  readonly dialect: string;
  /** The dbt output that opens the same database, for a Python process. Secrets as `env_var(...)`. */
  readonly profile: DbtProfileOutput;
  /**
   * Runs one statement and gives all its rows. For answers that are small: counts, samples, schemas.
   *
   * Parameters are bound, never interpolated: `?` in the text, in order.
   *
   * @throws FloeError `COMPUTE.FAILED` with the engine's message.
   */
  query(sql: string, parameters?: readonly SqlValue[]): Promise<QueryResult>;
  /** A name quoted for this dialect: `["main", "my table"]` gives `"main"."my table"`. */
  quoteIdentifier(parts: readonly string[]): string;
  /** Releases the database, so that another process can write. Safe to call twice. */
  close(): Promise<void>;
}

/** Dates and times are ISO 8601 strings; decimals and integers past 2^53 are strings; bytes are base64. */
export type SqlValue = string | number | bigint | boolean | null;

export interface QueryResult {
  columns: readonly { name: string; type: string }[];
  /** Row by row, values in the order of `columns`. */
  rows: readonly (readonly SqlValue[])[];
}

/** `type` is dbt's adapter name: `duckdb`, `snowflake`, `spark`. The rest is the adapter's. */
export type DbtProfileOutput = JsonObject & { type: string };
