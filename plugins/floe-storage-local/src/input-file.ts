import { type FileHandle, open, stat } from "node:fs/promises";
import { type ByteRange, FloeError, type InputFile } from "@floe/core";
import { storageError } from "./storage-error.ts";
import type { Warehouse } from "./warehouse.ts";

/** Large enough to keep the disk busy, small enough that many readers fit into memory. */
const CHUNK = 256 * 1024;

export class LocalInputFile implements InputFile {
  readonly location: string;
  readonly #warehouse: Warehouse;

  constructor(location: string, warehouse: Warehouse) {
    this.location = location;
    this.#warehouse = warehouse;
  }

  async exists(): Promise<boolean> {
    const path = await this.#warehouse.pathOf(this.location);
    try {
      return (await stat(path)).isFile();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") return false;
      throw storageError(error, this.location, "looked at");
    }
  }

  async length(): Promise<number> {
    const path = await this.#warehouse.pathOf(this.location);
    try {
      const found = await stat(path);
      if (found.isFile()) return found.size;
    } catch (error) {
      throw storageError(error, this.location, "looked at");
    }
    throw storageError(
      Object.assign(new Error("It is a folder."), { code: "ENOENT" }),
      this.location,
      "read",
    );
  }

  async read(range?: ByteRange): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.stream(range)) chunks.push(chunk);
    const [only] = chunks;
    return chunks.length === 1 && only !== undefined ? only : new Uint8Array(Buffer.concat(chunks));
  }

  async *stream(range?: ByteRange): AsyncIterable<Uint8Array> {
    const path = await this.#warehouse.pathOf(this.location);
    let file: FileHandle;
    try {
      file = await open(path, "r");
    } catch (error) {
      throw storageError(error, this.location, "read");
    }
    try {
      const { start, end } = this.#bounds((await file.stat()).size, range);
      for (let position = start; position < end; ) {
        // A buffer of its own for each chunk: the reader may keep it.
        const buffer = new Uint8Array(Math.min(CHUNK, end - position));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
        if (bytesRead === 0) return;
        position += bytesRead;
        yield bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead);
      }
    } catch (error) {
      throw storageError(error, this.location, "read");
    } finally {
      await file.close();
    }
  }

  #bounds(size: number, range: ByteRange | undefined): { start: number; end: number } {
    if (range === undefined) return { start: 0, end: size };
    const { start, end = size } = range;
    const valid =
      Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start < size && end >= start;
    if (valid) return { start, end: Math.min(end, size) };
    throw new FloeError("STORAGE.INVALID_RANGE", `${this.location} has no bytes ${start} to ${end}.`, {
      why: `It has ${size} bytes.`,
      next: ["Ask for a range that starts before the end."],
    });
  }
}
