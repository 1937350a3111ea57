import { access, constants, stat } from "node:fs/promises";
import { dirname } from "node:path";
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
  let folder = dirname(file);
  for (;;) {
    const found = await stat(folder).catch((error: NodeJS.ErrnoException) => error);
    if (!(found instanceof Error)) {
      const writable =
        found.isDirectory() &&
        (await access(folder, constants.W_OK).then(
          () => true,
          () => false,
        ));
      if (writable) return undefined;
      return {
        success: false,
        message: `${file} can't be made: ${folder} ${found.isDirectory() ? "can't be written" : "is a file"}.`,
        next: ["Correct plugins.compute.config.path in manifest.yaml, or the folder's permissions."],
      };
    }
    if (dirname(folder) === folder) return undefined;
    folder = dirname(folder);
  }
}
