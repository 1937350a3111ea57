import type { FileIO, InputFile, OutputFile } from "@floe/core";
import type { Bucket } from "./bucket.ts";
import { explained } from "./gcs-error.ts";
import { GcsInputFile } from "./input-file.ts";
import { GcsOutputFile } from "./output-file.ts";

export class GcsFileIO implements FileIO {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  newInput(location: string): InputFile {
    return new GcsInputFile(location, this.#bucket);
  }

  newOutput(location: string): OutputFile {
    return new GcsOutputFile(location, this.#bucket);
  }

  async delete(location: string): Promise<void> {
    const bucket = this.#bucket;
    const url = bucket.objectPath(bucket.warehouse.keyOf(location));
    const { signal } = bucket.context;
    try {
      await bucket.request({ method: "DELETE", url }, signal);
    } catch (error) {
      const reason = await explained(error, bucket, { location, doing: "deleted" }, signal);
      if (reason.code !== "STORAGE.NOT_FOUND") throw reason;
    }
  }
}
