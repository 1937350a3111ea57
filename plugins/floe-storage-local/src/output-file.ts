import { randomBytes } from "node:crypto";
import { type FileHandle, link, lstat, mkdir, open, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { InputFile, OutputFile, WriteOptions } from "@floe/core";
import { alreadyThere, untilAborted } from "@floe/core/storage";
import { LocalInputFile } from "./input-file.ts";
import { writeError } from "./storage-error.ts";
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
    const folder = dirname(path);
    // Beside the file, for only within one file system can it appear whole. The name is short because the
    // file's own may already be as long as names can be.
    const temporary = join(folder, `.floe-${randomBytes(9).toString("base64url")}.tmp`);
    if (!overwrite) await this.#refuseExisting(path);
    try {
      const file = await this.#disk(async () => {
        await mkdir(folder, { recursive: true });
        return open(temporary, "wx");
      });
      try {
        await this.#pour(data instanceof Uint8Array ? [data] : data, file, ended);
        // On the disk before it is visible: a crash must not leave an empty file under the real name.
        await this.#disk(() => file.sync());
      } finally {
        await file.close();
      }
      ended.throwIfAborted();
      // Unlike a rename, a link never replaces: of two writers one wins.
      await this.#disk(() => (overwrite ? rename(temporary, path) : link(temporary, path)));
    } finally {
      await unlink(temporary).catch(() => {});
    }
    await syncFolder(folder);
  }

  /** Says early what `link` would say late: after gigabytes were written for nothing. */
  async #refuseExisting(path: string): Promise<void> {
    const there = await this.#disk(() =>
      lstat(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
      }),
    );
    if (there === undefined) return;
    if (!there.isDirectory()) throw alreadyThere(this.location);
    throw writeError({ code: "EISDIR" }, this.location);
  }

  /** Writes chunk by chunk. What the source throws goes to the caller as it is. */
  async #pour(
    source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    file: FileHandle,
    ended: AbortSignal,
  ): Promise<void> {
    for await (const chunk of untilAborted(source, ended)) {
      await this.#disk(() => file.writeFile(chunk, { signal: ended }), ended);
    }
  }

  /** Codes what the file system answers, and nothing else. */
  async #disk<T>(operation: () => Promise<T>, ended?: AbortSignal): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      ended?.throwIfAborted();
      throw error instanceof Error && "syscall" in error ? writeError(error, this.location) : error;
    }
  }
}

/** Puts the folder's new entry on the disk, where the system can: Windows opens no folders. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
