import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface FileLockOptions {
  signal?: AbortSignal | undefined;
  /** Told once, when someone else holds the lock. */
  onWait?: (() => void) | undefined;
}

const POLL_MS = 50;

/**
 * Takes a lock between processes, waiting for it, and gives the function that releases it (safe to call
 * twice).
 *
 * SQLite holds it with the operating system's own file lock, so that it vanishes with the process however
 * that ends: there is never a stale one to guess about.
 *
 * @param file A file for the lock alone; made if missing, and left there.
 * @throws The signal's reason where it aborts, the system's error where the file can't be made.
 */
export async function acquireFileLock(
  file: string,
  { signal, onWait }: FileLockOptions = {},
): Promise<() => void> {
  signal?.throwIfAborted();
  await mkdir(dirname(file), { recursive: true });
  for (let waited = false; ; waited = true) {
    const release = tryFileLock(file);
    if (release !== undefined) return release;
    if (!waited) onWait?.();
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal }).catch(() => {
      signal?.throwIfAborted();
    });
  }
}

/** The same without waiting: undefined where someone else holds the lock. The file's folder must exist. */
export function tryFileLock(file: string): (() => void) | undefined {
  const { DatabaseSync } = sqlite();
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
    return () => {
      if (database.isOpen) database.close();
    };
  } catch (error) {
    database.close();
    if (/locked|busy/i.test((error as Error).message)) return undefined;
    throw error;
  }
}

let loaded: typeof import("node:sqlite") | undefined;

/**
 * Loaded at first use, for it costs start-up. Node 22 warns of it as experimental on stderr, where a user
 * could do nothing about it; what is used here is the same in all versions that floe takes.
 */
function sqlite(): typeof import("node:sqlite") {
  if (loaded !== undefined) return loaded;
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    loaded = process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
  return loaded;
}
