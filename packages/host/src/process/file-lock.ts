import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface FileLockOptions {
  signal?: AbortSignal | undefined;
  /** Told once, when someone else holds the lock. */
  onWait?: () => void;
}

const POLL_MS = 50;

/**
 * Takes a lock between processes, waiting for it, and gives the function that releases it.
 *
 * SQLite holds it with the operating system's own file lock, so that it vanishes with the process however
 * that ends: there is never a stale one to guess about.
 *
 * @param file A file for the lock alone; made if missing, and left there.
 */
export async function acquireFileLock(
  file: string,
  { signal, onWait }: FileLockOptions = {},
): Promise<() => void> {
  await mkdir(dirname(file), { recursive: true });
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA busy_timeout = 0");
    for (let waited = false; ; waited = true) {
      try {
        database.exec("BEGIN EXCLUSIVE");
        return () => database.close();
      } catch (error) {
        if (!/locked|busy/i.test((error as Error).message)) throw error;
      }
      if (!waited) onWait?.();
      await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal });
    }
  } catch (error) {
    database.close();
    throw error;
  }
}
