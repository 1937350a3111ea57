import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { FloeError } from "@floe/core/contracts";
import { tryFileLock } from "../process/file-lock.ts";
import { readOrNothing, writeFileWhole } from "../process/write-file.ts";

/**
 * Makes sure that only one floe works on a product: dbt owns its target folder, and DuckDB has one writer.
 *
 * @param what What the holder does, for whoever is refused: `floe run`.
 * @returns The function that lets go.
 * @throws FloeError `RUN.LOCKED`, naming the process that holds it; `PROJECT.UNWRITABLE`.
 */
export function lockProject(stateDir: string, what: string): () => void {
  const holder = join(stateDir, "lock.json");
  const release = tryLock(stateDir);
  if (release !== undefined) {
    try {
      writeFileWhole(holder, JSON.stringify({ pid: process.pid, command: what }));
    } catch (error) {
      release();
      throw error;
    }
    return () => {
      rmSync(holder, { force: true });
      release();
    };
  }
  const { pid, command } = JSON.parse(readOrNothing(holder) ?? "{}") as { pid?: number; command?: string };
  throw new FloeError("RUN.LOCKED", "Another floe is at work on this product.", {
    why: pid === undefined ? undefined : `Process ${pid} runs ${command}.`,
    next: [pid === undefined ? "Try again when it is done." : `Wait for it, or end it: kill ${pid}`],
  });
}

function tryLock(stateDir: string): (() => void) | undefined {
  try {
    mkdirSync(stateDir, { recursive: true });
    return tryFileLock(join(stateDir, "lock"));
  } catch (error) {
    throw new FloeError("PROJECT.UNWRITABLE", `${stateDir} can't be written.`, {
      why: (error as Error).message,
      next: ["Check the folder's permissions and the free space."],
      where: { file: stateDir },
      cause: error,
    });
  }
}
