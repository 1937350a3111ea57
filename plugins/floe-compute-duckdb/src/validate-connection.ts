import { mkdtemp, rmdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ConnectionResult, failedConnection, isFloeError } from "@floe/core";
import type { DuckDbConfig } from "./config.ts";
import { IN_MEMORY, isWithin } from "./database-file.ts";
import { type OpenOptions, openDatabase } from "./open-database.ts";

/**
 * Opens the database as it is; where there is none yet, looks whether one can be made, and makes none. The
 * catalog isn't asked: its own plugin is.
 */
export async function checkConnection(
  config: DuckDbConfig,
  { catalog: _catalog, storage: _storage, ...options }: OpenOptions,
): Promise<ConnectionResult> {
  const { file, projectDir } = options;
  const started = performance.now();
  const missing = file !== IN_MEMORY && (await stat(file).catch(() => undefined)) === undefined;
  const problem = missing ? await whyNotCreatable(file, projectDir) : undefined;
  if (problem !== undefined) return problem;
  try {
    const connection = await openDatabase(config, {
      ...options,
      file: missing ? IN_MEMORY : file,
      readOnly: true,
    });
    try {
      const { rows } = await connection.query("SELECT ltrim(version(), 'v')");
      return {
        success: true,
        message: `DuckDB ${String(rows[0]?.[0])}, ${file}${missing ? " (made at the first run)" : ""}.`,
        next: [],
        latencyMs: performance.now() - started,
      };
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (!isFloeError(error)) throw error;
    return failedConnection(error);
  }
}

async function whyNotCreatable(file: string, projectDir: string): Promise<ConnectionResult | undefined> {
  const wanted = dirname(file);
  const folder = await nearestFolder(wanted);
  // Outside of the product it is likelier a disk that isn't mounted, or a typing error.
  if (folder !== wanted && !isWithin(projectDir, wanted)) {
    return {
      success: false,
      message: `${file} can't be made: there is no folder ${wanted}.`,
      next: ["Correct plugins.compute.config.path in manifest.yaml.", `mkdir -p ${wanted}`],
    };
  }
  try {
    // Trying is the only sure answer: permissions say nothing about root, read-only or virtual file systems.
    await rmdir(await mkdtemp(join(folder, ".floe-")));
    return undefined;
  } catch (error) {
    return {
      success: false,
      message: `${file} can't be made: ${folder} can't be written (${(error as NodeJS.ErrnoException).code}).`,
      next: ["Correct plugins.compute.config.path in manifest.yaml, or the folder's permissions."],
    };
  }
}

/** The nearest folder at or above a path that is there. */
async function nearestFolder(path: string): Promise<string> {
  const there = await stat(path).catch(() => undefined);
  return there !== undefined || dirname(path) === path ? path : nearestFolder(dirname(path));
}
