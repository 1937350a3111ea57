import type { FileIO, InputFile, OutputFile } from "@floe/core";
import type { Bucket } from "./bucket.ts";
import { S3InputFile } from "./input-file.ts";
import { S3OutputFile } from "./output-file.ts";
import { s3Error } from "./s3-error.ts";

export class S3FileIO implements FileIO {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  newInput(location: string): InputFile {
    return new S3InputFile(location, this.#bucket);
  }

  newOutput(location: string): OutputFile {
    return new S3OutputFile(location, this.#bucket);
  }

  async delete(location: string): Promise<void> {
    const { name, warehouse, context } = this.#bucket;
    const request = { Bucket: name, Key: warehouse.keyOf(location) };
    const { signal } = context;
    try {
      await this.#bucket.ask(({ client, sdk }) =>
        client.send(new sdk.DeleteObjectCommand(request), { abortSignal: signal }),
      );
    } catch (error) {
      signal.throwIfAborted();
      const failure = s3Error(error, this.#bucket, { location, doing: "deleted" });
      if (failure.code !== "STORAGE.NOT_FOUND") throw failure;
    }
  }
}
