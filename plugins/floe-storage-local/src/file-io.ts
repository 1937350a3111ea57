import { lstat, unlink } from "node:fs/promises";
import type { FileIO, InputFile, OutputFile } from "@floe/core";
import { LocalInputFile } from "./input-file.ts";
import { LocalOutputFile } from "./output-file.ts";
import { isNoFile, storageError } from "./storage-error.ts";
import type { Warehouse } from "./warehouse.ts";

export class LocalFileIO implements FileIO {
  readonly #warehouse: Warehouse;
  readonly #signal: () => AbortSignal;

  /** @param signal Asked at each operation: what ends the call that it belongs to. */
  constructor(warehouse: Warehouse, signal: () => AbortSignal) {
    this.#warehouse = warehouse;
    this.#signal = signal;
  }

  newInput(location: string): InputFile {
    return new LocalInputFile(location, this.#warehouse);
  }

  newOutput(location: string): OutputFile {
    return new LocalOutputFile(location, this.#warehouse, this.#signal);
  }

  async delete(location: string): Promise<void> {
    const path = await this.#warehouse.pathOf(location);
    try {
      await unlink(path);
    } catch (error) {
      // macOS says EPERM of a folder, which is as little a file as what isn't there.
      if (isNoFile(error) || (await isFolder(path))) return;
      throw storageError(error, location, "deleted");
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
