import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { acquireFileLock } from "../process/file-lock.ts";

/**
 * Makes a folder once, whole or not at all, whoever else makes it at the same time.
 *
 * It is made under a temporary name, which carries the process's id, and renamed when it is complete. The
 * lock only saves the work of making it twice; were it lost (a network file system), the rename would still
 * let one win. What a killed process left behind is removed by the next that comes.
 */
export async function makeFolderOnce(
  dir: string,
  make: (temporary: string) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  if (existsSync(dir)) return;
  const release = await acquireFileLock(`${dir}.lock`, { signal });
  const temporary = `${dir}.making-${process.pid}-${Date.now().toString(36)}`;
  try {
    if (existsSync(dir)) return;
    await removeLeftovers(dir);
    await mkdir(temporary, { recursive: true });
    await make(temporary);
    await rename(temporary, dir).catch((error: unknown) => {
      if (!existsSync(dir)) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
    release();
  }
}

async function removeLeftovers(dir: string): Promise<void> {
  const prefix = `${basename(dir)}.making-`;
  for (const name of await readdir(dirname(dir))) {
    const pid = Number(name.slice(prefix.length).split("-")[0]);
    if (!name.startsWith(prefix) || isAlive(pid)) continue;
    await rm(join(dirname(dir), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
