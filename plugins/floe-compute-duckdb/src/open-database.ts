import { mkdir, realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { DuckDBInstance } from "@duckdb/node-api";
import type { CatalogConfig, DatabaseConnection, DbtProfileOutput, JsonObject } from "@floe/core";
import type { DuckDbConfig } from "./config.ts";
import { DuckDbConnection, type StatementLimits } from "./connection.ts";
import { IN_MEMORY, isWithin } from "./database-file.ts";
import { openError } from "./duckdb-error.ts";
import { attachCatalog, type ResolveSecret, setUp } from "./set-up.ts";
import { dividedSettings } from "./settings.ts";
import { literal } from "./sql-text.ts";
import { reachStorage } from "./storage-access.ts";

export interface OpenOptions {
  /** Absolute, or `:memory:`. */
  file: string;
  projectDir: string;
  readOnly: boolean;
  profile: DbtProfileOutput;
  limits: StatementLimits;
  /** Where secrets come from. */
  resolve: ResolveSecret;
  /** What the storage plugin says of the store. */
  storage?: JsonObject;
  /** The catalog to attach. */
  catalog?: CatalogConfig;
}

/**
 * Opens a database in this process. One in memory is the connection's alone, and can always be written.
 *
 * @throws FloeError `COMPUTE.LOCKED`, `CONNECTION.*`, `SECRET.*`.
 */
export async function openDatabase(
  config: DuckDbConfig,
  { file, projectDir, readOnly, profile, limits, resolve: resolveSecret, storage, catalog }: OpenOptions,
): Promise<DatabaseConnection> {
  // Loading the native library takes longer than everything else that floe does at start.
  const duckdb = await import("@duckdb/node-api");
  const instance = await openInstance(duckdb, config, { file, projectDir, readOnly });
  try {
    const connection = await instance.connect();
    try {
      // Views over files name them from the product's folder, which dbt is started in.
      if (config.settings.file_search_path === undefined && !projectDir.includes(",")) {
        await connection.run(`SET file_search_path = ${literal(projectDir)}`);
      }
      await setUp(connection, config, readOnly);
      if (storage !== undefined) await reachStorage(connection, storage, resolveSecret);
      if (catalog !== undefined) await attachCatalog(connection, catalog, config, readOnly, resolveSecret);
    } catch (error) {
      connection.closeSync();
      throw error;
    }
    return new DuckDbConnection(duckdb, instance, connection, profile, limits);
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

async function openInstance(
  { DuckDBInstance }: typeof import("@duckdb/node-api"),
  config: DuckDbConfig,
  { file, projectDir, readOnly }: Pick<OpenOptions, "file" | "projectDir" | "readOnly">,
): Promise<DuckDBInstance> {
  const options = Object.fromEntries(
    Object.entries(dividedSettings(config).atOpen).map(([name, value]) => [
      name,
      // dbt is started in the product's folder, floe wherever its user is.
      name === "extension_directory" ? resolve(projectDir, String(value)) : String(value),
    ]),
  );
  try {
    if (file === IN_MEMORY) return await DuckDBInstance.create(file, options);
    const folder = dirname(file);
    if (!readOnly && isWithin(projectDir, folder)) await mkdir(folder, { recursive: true });
    // Through the cache: locks are the process's, so a second instance would get in beside the first, and
    // closing either would take the lock from both.
    return await DuckDBInstance.fromCache(
      await realpath(file).catch(() => file),
      readOnly ? { ...options, access_mode: "READ_ONLY" } : options,
    );
  } catch (error) {
    throw openError(error, file);
  }
}
