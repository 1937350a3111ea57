import type { DuckDBConnection } from "@duckdb/node-api";
import { setUpError } from "./duckdb-error.ts";

/** Installs an extension only where it can't be loaded: installing asks DuckDB's server each time. */
export async function loadExtension(connection: DuckDBConnection, extension: string): Promise<void> {
  await connection
    .run(`LOAD ${extension}`)
    .catch(async () => {
      await connection.run(`INSTALL ${extension}`);
      await connection.run(`LOAD ${extension}`);
    })
    .catch((error: unknown) => {
      throw setUpError(error, `load its extension ${extension}`, "extensions");
    });
}
