import { FloeError } from "@floe/core/contracts";

const UNWRITABLE = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"]);

/** What went wrong in the cache folder, coded. */
export function cacheFailure(error: unknown, dir: string): FloeError {
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  // What Node gives for folders below one that can't be made, as on a disk that is read-only.
  const nowhere = code === "ENOENT" && syscall === "mkdir";
  if (code === "ENOSPC" || code === "EDQUOT" || saysDiskFull(message)) return diskFull(dir, message, error);
  if (
    nowhere ||
    UNWRITABLE.has(code ?? "") ||
    /unable to open database|read-?only|permission denied/i.test(message)
  ) {
    return new FloeError("PYTHON.CACHE_UNWRITABLE", `floe can't write to its cache folder ${dir}.`, {
      why: message,
      next: ["Make the folder writable, or set FLOE_CACHE_DIR to one that is."],
      cause: error,
    });
  }
  return new FloeError("PYTHON.ENVIRONMENT_FAILED", "A Python environment couldn't be made.", {
    why: message,
    next: ["floe doctor"],
    cause: error,
  });
}

/** Whether a tool's own words say that the disk, or the user's share of it, is full. */
export function saysDiskFull(text: string): boolean {
  return /no space left|disk (is )?full|quota exceeded|not enough space|os error (28|112|122)\b/i.test(text);
}

/** @param words What said so: the tool's cache may be on another disk than floe's. */
export function diskFull(dir: string, words: string, cause?: unknown): FloeError {
  return new FloeError("PYTHON.DISK_FULL", `The disk is full where the Python environment goes: ${dir}.`, {
    why: `${words}\nWhat was begun has been removed again.`,
    next: ["Free some space, or set FLOE_CACHE_DIR to a folder on another disk.", "floe doctor"],
    cause,
  });
}
