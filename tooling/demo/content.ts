import { DuckDBInstance } from "@duckdb/node-api";

/** Asks a DuckDB, and gives its rows. */
export type Ask = (sql: string) => Promise<readonly (readonly unknown[])[]>;

/** Every column of a relation as DuckDB's text of it, in SQL. */
export function asText(relation: string): string {
  return `SELECT CAST(COLUMNS(*) AS VARCHAR) FROM ${relation}`;
}

/** How many rows there are, and a checksum of their text, whatever their order. @param relation In SQL. */
export async function contentOf(ask: Ask, relation: string): Promise<string> {
  const [row] = await ask(`SELECT count(*), sum(hash(t)::HUGEINT) FROM (${asText(relation)}) AS t`);
  return `${row?.[0]} rows, ${row?.[1]}`;
}

/** The content of all tables and views of a schema, by name. @param database Default: DuckDB's own file. */
export async function contentOfSchema(
  ask: Ask,
  schema: string,
  database?: string,
): Promise<Record<string, string>> {
  const tables = await ask(
    `SELECT table_name FROM information_schema.tables WHERE table_schema = '${schema}' AND table_catalog = ${database === undefined ? "current_catalog()" : `'${database}'`} ORDER BY ALL`,
  );
  const told: Record<string, string> = {};
  for (const [table] of tables) {
    const name = String(table);
    told[name] = await contentOf(ask, `${database === undefined ? "" : `${database}.`}${schema}."${name}"`);
  }
  return told;
}

/** Asks a file of DuckDB's, or a database in memory. */
export async function withDuckDB<T>(file: string | undefined, work: (ask: Ask) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(
    file ?? ":memory:",
    file === undefined ? {} : { access_mode: "READ_ONLY" },
  );
  const connection = await instance.connect();
  try {
    return await work(async (sql) => (await connection.runAndReadAll(sql)).getRows());
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
