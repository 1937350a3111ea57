import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { FloeError } from "@floe/core/contracts";

/**
 * Writes a file whole or not at all: under another name, then renamed. Its folder is made where missing.
 *
 * @throws FloeError `PROJECT.UNWRITABLE`; what was there before is untouched.
 */
export function writeFileWhole(file: string, content: string | Uint8Array): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(temporary, content);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw unwritable(file, error);
  }
}

/**
 * Writes several files: all are complete before the first takes its name, so that a full disk or a missing
 * permission leaves what was there. Files that have the content already aren't touched.
 *
 * @returns The files that were written.
 */
export function writeFilesTogether(files: ReadonlyMap<string, string>): string[] {
  const changed = [...files].filter(([file, content]) => readOrNothing(file) !== content);
  const temporary = (file: string): string => `${file}.${process.pid}.tmp`;
  let current = "";
  try {
    for (const [file, content] of changed) {
      current = file;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(temporary(file), content);
    }
    for (const [file] of changed) {
      current = file;
      renameSync(temporary(file), file);
    }
  } catch (error) {
    for (const [file] of changed) rmSync(temporary(file), { force: true });
    throw unwritable(current, error);
  }
  return changed.map(([file]) => file);
}

/**
 * Writes to a file in a way of its own.
 *
 * @throws FloeError `PROJECT.UNWRITABLE` for whatever the task throws.
 */
export function writing<T>(file: string, task: () => T): T {
  try {
    return task();
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** A file's text; undefined where there is none. */
export function readOrNothing(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function unwritable(file: string, error: unknown): FloeError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new FloeError("PROJECT.UNWRITABLE", `${file} can't be written.`, {
    why: code === "ENOSPC" ? "The disk is full." : message,
    next: [
      code === "ENOSPC"
        ? "Free some space and try again."
        : "Check the permissions of the file and its folder.",
    ],
    where: { file },
    cause: error,
  });
}
