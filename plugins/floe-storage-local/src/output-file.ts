import { randomBytes } from "node:crypto";
import { type FileHandle, link, mkdir, open, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { InputFile, OutputFile, WriteOptions } from "@floe/core";
import { LocalInputFile } from "./input-file.ts";
import { storageError } from "./storage-error.ts";
import type { Warehouse } from "./warehouse.ts";

export class LocalOutputFile implements OutputFile {
  readonly location: string;
  readonly #warehouse: Warehouse;
  readonly #signal: () => AbortSignal;

  constructor(location: string, warehouse: Warehouse, signal: () => AbortSignal) {
    this.location = location;
    this.#warehouse = warehouse;
    this.#signal = signal;
  }

  toInputFile(): InputFile {
    return new LocalInputFile(this.location, this.#warehouse);
  }

  async write(
    data: Uint8Array | AsyncIterable<Uint8Array>,
    { overwrite = false, signal }: WriteOptions = {},
  ): Promise<void> {
    const path = await this.#warehouse.pathOf(this.location);
    const ended = signal === undefined ? this.#signal() : AbortSignal.any([signal, this.#signal()]);
    ended.throwIfAborted();
    // Beside the file, for only within one file system can it appear whole. The name is short because the
    // file's own may already be as long as names can be.
    const temporary = join(dirname(path), `.floe-${randomBytes(9).toString("base64url")}.tmp`);
    try {
      await this.#refuse(path, overwrite);
      await mkdir(dirname(path), { recursive: true });
      await fill(temporary, data, ended);
      if (overwrite) await rename(temporary, path);
      // Unlike a rename, a link never replaces: of two writers one wins.
      else await link(temporary, path);
    } catch (error) {
      ended.throwIfAborted();
      throw isSystemError(error) ? storageError(error, this.location, "written") : error;
    } finally {
      await unlink(temporary).catch(() => {});
    }
  }

  /** Says early what `link` would say late: after gigabytes were written for nothing. */
  async #refuse(path: string, overwrite: boolean): Promise<void> {
    if (overwrite) return;
    const there = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (there === undefined) return;
    await there.close();
    throw Object.assign(new Error("The file exists."), { code: "EEXIST", syscall: "link" });
  }
}

async function fill(
  path: string,
  data: Uint8Array | AsyncIterable<Uint8Array>,
  ended: AbortSignal,
): Promise<void> {
  const file: FileHandle = await open(path, "wx");
  try {
    if (data instanceof Uint8Array) await file.writeFile(data, { signal: ended });
    else await pour(data, file, ended);
    ended.throwIfAborted();
    // On the disk before it is visible: a crash must not leave an empty file under the real name.
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Writes chunk by chunk, and stops at once when it must, even where the source never gives another. */
async function pour(source: AsyncIterable<Uint8Array>, file: FileHandle, ended: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => {});
  const abort = (): void => aborted.reject(ended.reason);
  ended.addEventListener("abort", abort, { once: true });
  const chunks = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([chunks.next(), aborted.promise]);
      if (next.done === true) return;
      await file.writeFile(next.value);
    }
  } catch (error) {
    // Tells a source that is waiting; one that failed itself has nothing more to say.
    void chunks.return?.().catch(() => {});
    throw error;
  } finally {
    ended.removeEventListener("abort", abort);
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
