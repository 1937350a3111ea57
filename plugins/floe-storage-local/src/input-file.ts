import { type FileHandle, open, stat } from "node:fs/promises";
import type { ByteRange, InputFile } from "@floe/core";
import { changedWhileRead, checkRange, invalidRange, notFound } from "@floe/core/storage";
import { isNoFile, storageError } from "./storage-error.ts";
import type { Warehouse } from "./warehouse.ts";

/** Large enough to keep the disk busy, small enough that many readers fit into memory. */
const CHUNK = 256 * 1024;

/** A file that is open, and the bytes of it that were asked for. */
interface OpenRange {
  file: FileHandle;
  start: number;
  end: number;
}

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
      if (isNoFile(error)) return false;
      throw storageError(error, this.location, "looked at");
    }
  }

  async length(): Promise<number> {
    const path = await this.#warehouse.pathOf(this.location);
    try {
      const found = await stat(path);
      if (!found.isFile()) throw notFound(this.location);
      return found.size;
    } catch (error) {
      throw storageError(error, this.location, "looked at");
    }
  }

  async read(range?: ByteRange): Promise<Uint8Array> {
    const { file, start, end } = await this.#open(range);
    try {
      const bytes = new Uint8Array(end - start);
      for (let done = 0; done < bytes.length; ) done += await this.#fill(file, bytes, done, start + done);
      return bytes;
    } catch (error) {
      throw storageError(error, this.location, "read");
    } finally {
      await file.close();
    }
  }

  async *stream(range?: ByteRange): AsyncIterable<Uint8Array> {
    const { file, start, end } = await this.#open(range);
    try {
      for (let position = start; position < end; ) {
        // A buffer of its own for each chunk: the reader may keep it.
        const buffer = new Uint8Array(Math.min(CHUNK, end - position));
        const count = await this.#fill(file, buffer, 0, position);
        position += count;
        yield buffer.subarray(0, count);
      }
    } catch (error) {
      throw storageError(error, this.location, "read");
    } finally {
      await file.close();
    }
  }

  async #open(range: ByteRange | undefined): Promise<OpenRange> {
    const path = await this.#warehouse.pathOf(this.location);
    checkRange(this.location, range);
    let file: FileHandle | undefined;
    try {
      file = await open(path, "r");
      const found = await file.stat();
      if (!found.isFile()) throw notFound(this.location);
      return { file, ...this.#bounds(found.size, range) };
    } catch (error) {
      await file?.close();
      throw storageError(error, this.location, "read");
    }
  }

  /** Reads at most {@link CHUNK} bytes; at least one, for a file that ends early isn't what was asked for. */
  async #fill(file: FileHandle, into: Uint8Array, offset: number, position: number): Promise<number> {
    const length = Math.min(CHUNK, into.length - offset);
    const { bytesRead } = await file.read(into, offset, length, position);
    if (bytesRead > 0) return bytesRead;
    throw changedWhileRead(this.location);
  }

  #bounds(size: number, range: ByteRange | undefined): { start: number; end: number } {
    if (range === undefined) return { start: 0, end: size };
    const { start, end = size } = range;
    if (start >= size) throw invalidRange(this.location, range, size);
    return { start, end: Math.min(end, size) };
  }
}
