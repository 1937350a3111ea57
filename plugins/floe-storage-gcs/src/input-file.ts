import type { ByteRange, InputFile } from "@floe/core";
import {
  changedWhileRead,
  type Download,
  downloaded,
  existsByLength,
  inMemory,
  invalidRange,
  type OpenedBody,
} from "@floe/core/storage";
import type { Bucket } from "./bucket.ts";
import { explained, statusOf, unexpectedAnswer } from "./gcs-error.ts";

export class GcsInputFile implements InputFile {
  readonly location: string;
  readonly #bucket: Bucket;

  constructor(location: string, bucket: Bucket) {
    this.location = location;
    this.#bucket = bucket;
  }

  async exists(): Promise<boolean> {
    return existsByLength(() => this.length());
  }

  async length(): Promise<number> {
    const { signal } = this.#bucket.context;
    const request = { url: this.#path(), query: { fields: "size" } };
    try {
      const { data } = await this.#bucket.request<{ size?: string }>(request, signal);
      const size = Number(data.size);
      if (Number.isSafeInteger(size)) return size;
      throw unexpectedAnswer(this.#bucket, "It told no size.");
    } catch (error) {
      throw await explained(error, this.#bucket, { location: this.location, doing: "looked at" }, signal);
    }
  }

  async read(range?: ByteRange): Promise<Uint8Array> {
    try {
      return await inMemory(this.#download(range));
    } catch (error) {
      throw await this.#reading(error, range, undefined);
    }
  }

  async *stream(range?: ByteRange): AsyncGenerator<Uint8Array, void> {
    try {
      yield* downloaded(this.#download(range));
    } catch (error) {
      throw await this.#reading(error, range, undefined);
    }
  }

  #download(range: ByteRange | undefined): Download {
    const { context, config } = this.#bucket;
    const url = this.#path();
    return {
      location: this.location,
      range,
      open: async (part, generation, signal) => {
        try {
          return await this.#open(url, part, generation, signal);
        } catch (error) {
          throw await this.#reading(error, range, generation);
        }
      },
      mayResume: (error) =>
        !context.signal.aborted && statusOf(error) === undefined && this.#bucket.judge(error) !== undefined,
      concurrency: config.download_concurrency,
      signal: context.signal,
    };
  }

  async #open(
    url: string,
    range: ByteRange | undefined,
    version: string | undefined,
    signal: AbortSignal,
  ): Promise<OpenedBody> {
    const { headers, data } = await this.#bucket.open(
      {
        url,
        query: { alt: "media", ...(version === undefined ? {} : { generation: version }) },
        ...(range === undefined ? {} : { headers: { range: httpRange(range) } }),
      },
      signal,
    );
    const length = headers.get("content-length");
    const generation = headers.get("x-goog-generation");
    if (generation !== null) {
      return { chunks: data, length: length === null ? undefined : Number(length), version: generation };
    }
    await data.return();
    throw unexpectedAnswer(this.#bucket, "It named no generation of the object.");
  }

  async #reading(error: unknown, range: ByteRange | undefined, version: string | undefined): Promise<Error> {
    if (statusOf(error) === 416 && range !== undefined) {
      return invalidRange(this.location, range, undefined, error);
    }
    // Without versions of objects, an overwritten generation is gone.
    if (statusOf(error) === 404 && version !== undefined) return changedWhileRead(this.location);
    const { signal } = this.#bucket.context;
    return explained(error, this.#bucket, { location: this.location, doing: "read" }, signal);
  }

  /** @throws FloeError `STORAGE.OUTSIDE_WAREHOUSE`. */
  #path(): string {
    return this.#bucket.objectPath(this.#bucket.warehouse.keyOf(this.location));
  }
}

/** HTTP's ranges include their last byte. */
const httpRange = ({ start, end }: ByteRange): string => `bytes=${start}-${end === undefined ? "" : end - 1}`;
