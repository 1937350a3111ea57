import type { DuckDBConnection, DuckDBInstance, DuckDBValueConverter, Json } from "@duckdb/node-api";
import {
  type DatabaseConnection,
  type DbtProfileOutput,
  FloeError,
  type QueryResult,
  type SqlValue,
} from "@floe/core";
import { statementError } from "./duckdb-error.ts";
import { identifier } from "./sql-text.ts";
import { parameter, sqlValue, sqlValueConverter } from "./values.ts";

/** What ends a statement early. */
export interface StatementLimits {
  seconds: number;
  /** Asked at each statement. */
  signal: () => AbortSignal;
}

/** The longest that a timer counts. */
const LONGEST_MS = 2 ** 31 - 1;

/** DuckDB forgets an interrupt that comes before the statement has begun, so it is repeated. */
const INTERRUPT_EVERY_MS = 20;

export class DuckDbConnection implements DatabaseConnection {
  readonly dialect = "duckdb";
  readonly profile: DbtProfileOutput;
  readonly #duckdb: typeof import("@duckdb/node-api");
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #limits: StatementLimits;
  readonly #converter: DuckDBValueConverter<Json>;
  readonly #closing = new AbortController();
  /** The statement that runs, or did last. One at a time, or an interrupt would meet another's. */
  #last: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(
    duckdb: typeof import("@duckdb/node-api"),
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    profile: DbtProfileOutput,
    limits: StatementLimits,
  ) {
    this.#duckdb = duckdb;
    this.#instance = instance;
    this.#connection = connection;
    this.profile = profile;
    this.#limits = limits;
    this.#converter = sqlValueConverter(duckdb);
  }

  query(sql: string, parameters: readonly SqlValue[] = []): Promise<QueryResult> {
    const result = this.#last.then(() => this.#within(() => this.#run(sql, parameters)));
    this.#last = result.catch(() => {});
    return result;
  }

  quoteIdentifier(parts: readonly string[]): string {
    return parts.map(identifier).join(".");
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort(statementError(new Error("The connection is closed.")));
    await this.#last;
    this.#connection.closeSync();
    // The instance holds the file's lock, not the connection.
    this.#instance.closeSync();
  }

  async #run(sql: string, parameters: readonly SqlValue[]): Promise<QueryResult> {
    const bound = parameters.map((value) => parameter(value, this.#duckdb));
    const reader = await (bound.length === 0
      ? this.#connection.runAndReadAll(sql)
      : this.#connection.runAndReadAll(
          sql,
          bound.map(({ value }) => value),
          bound.map(({ type }) => type),
        ));
    const types = reader.columnTypes();
    return {
      columns: reader.columnNames().map((name, index) => ({ name, type: String(types[index]) })),
      rows: reader.convertRows(this.#converter).map((row) => row.map(sqlValue)),
    };
  }

  /** Ends a statement at its limit, when the call is aborted, and when the connection is closed. */
  async #within<T>(run: () => Promise<T>): Promise<T> {
    const { seconds, signal } = this.#limits;
    const limit = AbortSignal.timeout(Math.min(Math.ceil(seconds * 1000), LONGEST_MS));
    const ended = AbortSignal.any([this.#closing.signal, signal(), limit]);
    ended.throwIfAborted();
    let repeating: NodeJS.Timeout | undefined;
    const interrupt = (): void => {
      repeating = setInterval(() => this.#connection.interrupt(), INTERRUPT_EVERY_MS);
    };
    ended.addEventListener("abort", interrupt, { once: true });
    try {
      return await run();
    } catch (error) {
      if (limit.aborted && ended.reason === limit.reason) throw tookTooLong(seconds);
      ended.throwIfAborted();
      throw statementError(error);
    } finally {
      ended.removeEventListener("abort", interrupt);
      clearInterval(repeating);
    }
  }
}

function tookTooLong(seconds: number): FloeError {
  return new FloeError("COMPUTE.FAILED", `A statement took longer than ${seconds} s.`, {
    next: ["Raise plugins.compute.config.timeout_seconds in manifest.yaml, or ask for less."],
  });
}
