import { globSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { FloeError } from "@floe/core";
import type { DuckDbConfig } from "./config.ts";
import { setUpError } from "./duckdb-error.ts";
import { extensionDirectory } from "./settings.ts";
import { literal } from "./sql-text.ts";

/**
 * Installs the extensions that the configuration has as files: DuckDB checks their signature and version, and
 * from then on every process loads them by name. One that is there already isn't touched.
 *
 * @throws FloeError `CONFIG.REFERENCE` for a file that isn't there, `CONNECTION.FAILED` for one that DuckDB
 * doesn't take.
 */
export async function installExtensions(config: DuckDbConfig, projectDir: string): Promise<void> {
  const relative = extensionDirectory(config);
  if (relative === undefined) return;
  const directory = resolve(projectDir, relative);
  const missing: string[] = [];
  for (const file of config.extension_files.map((path) => resolve(projectDir, path))) {
    const given = await stat(file).catch(() => undefined);
    if (given === undefined) {
      throw new FloeError("CONFIG.REFERENCE", `There is no extension ${file}.`, {
        next: ["Correct plugins.compute.config.extension_files in manifest.yaml."],
      });
    }
    const [there] = globSync(`*/*/${basename(file)}`, { cwd: directory });
    const installed = there === undefined ? undefined : await stat(resolve(directory, there));
    if (installed?.size !== given.size) missing.push(file);
  }
  if (missing.length === 0) return;
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const unsigned = config.settings.allow_unsigned_extensions;
  const instance = await DuckDBInstance.create(":memory:", {
    extension_directory: directory,
    ...(unsigned === undefined ? {} : { allow_unsigned_extensions: String(unsigned) }),
  });
  try {
    const connection = await instance.connect();
    for (const file of missing) {
      await connection.run(`FORCE INSTALL ${literal(file)}`).catch((error: unknown) => {
        throw setUpError(error, `install the extension ${file}`, "extension_files");
      });
    }
    connection.closeSync();
  } finally {
    instance.closeSync();
  }
}
