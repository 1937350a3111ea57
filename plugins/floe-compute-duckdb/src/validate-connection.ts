import { mkdtemp, rmdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ConnectionResult, isFloeError } from "@floe/core";
import { configSchema } from "./config.ts";
import { openDatabase } from "./connection.ts";
import { IN_MEMORY } from "./database-file.ts";

/** Opens the database as it is; where there is none yet, looks whether one can be made, and makes none. */
export async function checkConnection(file: string): Promise<ConnectionResult> {
  const started = performance.now();
  const missing = file !== IN_MEMORY && (await stat(file).catch(() => undefined)) === undefined;
  const problem = missing ? await whyNotCreatable(file) : undefined;
  if (problem !== undefined) return problem;
  try {
    const connection = await openDatabase(missing ? IN_MEMORY : file, configSchema.parse({}), true, {
      type: "duckdb",
    });
    const { rows } = await connection.query("SELECT version()");
    await connection.close();
    return {
      success: true,
      message: `DuckDB ${String(rows[0]?.[0])}, ${file}${missing ? " (made at the first run)" : ""}.`,
      next: [],
      latencyMs: performance.now() - started,
    };
  } catch (error) {
    if (!isFloeError(error)) throw error;
    return {
      success: false,
      message: [error.summary, error.why].filter(Boolean).join(" "),
      next: error.next,
    };
  }
}

async function whyNotCreatable(file: string): Promise<ConnectionResult | undefined> {
  const folder = await nearestFolder(dirname(file));
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
