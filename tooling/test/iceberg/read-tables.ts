import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { createPythonRuntime } from "@floe/host";

const run = promisify(execFile);
const LOCK = join(import.meta.dirname, "../../../plugins/floe-compute-duckdb/python/requirements.txt");

/** What PyIceberg says of a table. Snapshots from the oldest to the newest. */
export interface IcebergFacts {
  uuid: string;
  formatVersion: number;
  columns: string[];
  snapshots: string[];
  operations: string[];
  dataFiles: number;
  deleteFiles: number;
}

/** Tables as PyIceberg sees them, and their rows in Parquet files of a folder. */
export interface ReadTables extends Disposable {
  tables: Record<string, IcebergFacts>;
  /** Rows of a table as text, in order, by DuckDB from the file that PyIceberg wrote. */
  rows(table: string): Promise<string[][]>;
  file(table: string): string;
}

/** Every column of a table as DuckDB's text of it. */
export function asText(table: string): string {
  return `SELECT CAST(COLUMNS(*) AS VARCHAR) FROM ${table}`;
}

/** Reads all tables of some namespaces with PyIceberg, which shares nothing with DuckDB's reader. */
export async function readTables(
  properties: Readonly<Record<string, string>>,
  namespaces: readonly string[],
): Promise<ReadTables> {
  const runtime = createPythonRuntime({ env: process.env, projectDir: tmpdir() });
  const { python } = await runtime.environment({ requirements: LOCK });
  const dir = mkdtempSync(join(tmpdir(), "floe-pyiceberg-"));
  const script = join(import.meta.dirname, "read_tables.py");
  const options = JSON.stringify({ properties, namespaces, dir });
  const { stdout } = await run(python, ["-W", "ignore", script, options], { maxBuffer: 1e8 });
  const file = (table: string): string => join(dir, `${table}.parquet`);
  return {
    tables: JSON.parse(stdout) as Record<string, IcebergFacts>,
    file,
    async rows(table) {
      const instance = await DuckDBInstance.create(":memory:");
      const connection = await instance.connect();
      const reader = await connection.runAndReadAll(`${asText(`'${file(table)}'`)} ORDER BY ALL`);
      const rows = reader.getRows().map((row) => row.map(String));
      connection.closeSync();
      instance.closeSync();
      return rows;
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}
