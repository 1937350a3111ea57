import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { DatabaseConnection, DbtProfileOutput, QueryResult, SqlValue } from "@floe/core";
import type { DuckDbConfig } from "./config.ts";
import { IN_MEMORY } from "./database-file.ts";
import { openError, statementError } from "./duckdb-error.ts";
import { identifier, literal } from "./sql-text.ts";
import { sqlValue } from "./values.ts";

/**
 * Opens a database in this process.
 *
 * @throws FloeError `COMPUTE.LOCKED`, `CONNECTION.FAILED`.
 */
export async function openDatabase(
  file: string,
  config: DuckDbConfig,
  readOnly: boolean,
  profile: DbtProfileOutput,
): Promise<DatabaseConnection> {
  // Loading the native library takes longer than everything else that floe does at start.
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const inMemory = file === IN_MEMORY;
  try {
    if (!inMemory && !readOnly && !existsSync(dirname(file))) await mkdir(dirname(file), { recursive: true });
    const instance = await DuckDBInstance.create(
      file,
      readOnly && !inMemory ? { access_mode: "READ_ONLY" } : {},
    );
    try {
      const connection = await instance.connect();
      for (const statement of setUp(config)) await connection.run(statement);
      return new DuckDbConnection(instance, connection, profile);
    } catch (error) {
      instance.closeSync();
      throw error;
    }
  } catch (error) {
    throw openError(error, file);
  }
}

function setUp({ extensions, settings, memory_limit, attach }: DuckDbConfig): string[] {
  const limits = memory_limit === undefined ? {} : { memory_limit };
  return [
    ...extensions.flatMap((extension) => [`INSTALL ${extension}`, `LOAD ${extension}`]),
    ...Object.entries({ ...limits, ...settings }).map(
      ([name, value]) => `SET ${name} = ${literal(String(value))}`,
    ),
    ...attach.map(({ path, alias, type, read_only }) => {
      const options = [...(read_only ? ["READ_ONLY"] : []), ...(type === undefined ? [] : [`TYPE ${type}`])];
      const name = alias === undefined ? "" : ` AS ${identifier(alias)}`;
      return `ATTACH ${literal(path)}${name}${options.length === 0 ? "" : ` (${options.join(", ")})`}`;
    }),
  ];
}

class DuckDbConnection implements DatabaseConnection {
  readonly dialect = "duckdb";
  readonly profile: DbtProfileOutput;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  #closed = false;

  constructor(instance: DuckDBInstance, connection: DuckDBConnection, profile: DbtProfileOutput) {
    this.#instance = instance;
    this.#connection = connection;
    this.profile = profile;
  }

  async query(sql: string, parameters: readonly SqlValue[] = []): Promise<QueryResult> {
    try {
      if (this.#closed) throw new Error("The connection is closed.");
      const reader = await this.#connection.runAndReadAll(sql, [...parameters]);
      const types = reader.columnTypes();
      const raw = reader.getRows();
      const rows = reader.getRowsJson().map((row, rowIndex) =>
        row.map((value, index) => {
          const type = types[index];
          return type === undefined ? null : sqlValue(value, raw[rowIndex]?.[index] ?? null, type);
        }),
      );
      const columns = reader.columnNames().map((name, index) => ({ name, type: String(types[index]) }));
      return { columns, rows };
    } catch (error) {
      throw statementError(error);
    }
  }

  quoteIdentifier(parts: readonly string[]): string {
    return parts.map(identifier).join(".");
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.closeSync();
    // The instance holds the file's lock, not the connection.
    this.#instance.closeSync();
  }
}
