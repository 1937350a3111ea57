import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { acquireFileLock, tryFileLock } from "./file-lock.ts";

export interface FolderOptions {
  signal?: AbortSignal | undefined;
  /** Told once, when another process is making it. */
  onWait?: (() => void) | undefined;
  /** Whether what is there can be used; what can't is made anew. Default: it exists. */
  isUsable?: () => boolean;
}

const MAKING = ".making-";

/**
 * Makes a folder once, whole or not at all, whoever else makes it at the same time.
 *
 * It is made under a temporary name, which carries the process's id, and renamed when it is complete: that
 * it has its name is the mark of its being whole. The lock saves the work of making it twice, and tells
 * whose temporary folders are still in use: ids don't, for in containers that share a cache they repeat.
 */
export async function makeFolderOnce(
  dir: string,
  make: (temporary: string) => Promise<void>,
  { signal, onWait, isUsable = () => existsSync(dir) }: FolderOptions = {},
): Promise<void> {
  if (isUsable()) return;
  const release = await acquireFileLock(`${dir}.lock`, { signal, onWait });
  const temporary = `${dir}${MAKING}${process.pid}-${Date.now().toString(36)}`;
  try {
    if (isUsable()) return;
    await removeLeftovers(dir);
    await mkdir(temporary, { recursive: true });
    await make(temporary);
    if (existsSync(dir)) await rename(dir, `${temporary}-replaced`);
    await rename(temporary, dir);
  } finally {
    for (const name of [temporary, `${temporary}-replaced`]) await discard(name);
    release();
  }
}

/** Removes what killed processes left beside the folder, whichever they were making. */
async function removeLeftovers(dir: string): Promise<void> {
  const parent = dirname(dir);
  for (const name of await readdir(parent)) {
    const made = name.slice(0, name.indexOf(MAKING));
    if (!name.includes(MAKING)) continue;
    if (made === basename(dir)) {
      await discard(join(parent, name));
      continue;
    }
    const release = tryFileLock(join(parent, `${made}.lock`));
    if (release === undefined) continue;
    await discard(join(parent, name));
    release();
  }
}

/** Best effort: a tool that outlived its killed floe may still write there, and the next one removes it. */
async function discard(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true, maxRetries: 2 }).catch(() => {});
}
