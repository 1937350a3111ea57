import { type ByteRange, type InputFile, isFloeError } from "@floe/core";
import { changedWhileRead, checkRange, invalidRange, type OpenedBody, resumed } from "@floe/core/storage";
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
    try {
      await this.length();
      return true;
    } catch (error) {
      if (isFloeError(error) && error.code === "STORAGE.NOT_FOUND") return false;
      throw error;
    }
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
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.stream(range)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** The bytes as they arrive. A download that is cut is taken up where it ended, in the same generation. */
  async *stream(range?: ByteRange): AsyncGenerator<Uint8Array, void> {
    const { signal } = this.#bucket.context;
    const path = this.#path();
    checkRange(this.location, range);
    // A range of no bytes must start within the object all the same, and HTTP has no word for one.
    const nothing = range !== undefined && range.end === range.start;
    const asked = nothing ? { start: range.start, end: range.start + 1 } : range;
    const bytes = resumed(
      async (position, version) => {
        try {
          return await this.#open(path, from(asked, position), version, signal);
        } catch (error) {
          throw await this.#reading(error, asked, version, signal);
        }
      },
      (error) => !signal.aborted && statusOf(error) === undefined && this.#bucket.judge(error) !== undefined,
    );
    try {
      for await (const chunk of bytes) if (!nothing) yield chunk;
    } catch (error) {
      throw await this.#reading(error, asked, undefined, signal);
    }
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

  async #reading(
    error: unknown,
    range: ByteRange | undefined,
    version: string | undefined,
    signal: AbortSignal,
  ): Promise<Error> {
    if (statusOf(error) === 416 && range !== undefined) {
      return invalidRange(this.location, range, undefined, error);
    }
    // Without versions of objects, an overwritten generation is gone.
    if (statusOf(error) === 404 && version !== undefined) return changedWhileRead(this.location);
    return explained(error, this.#bucket, { location: this.location, doing: "read" }, signal);
  }

  /** @throws FloeError `STORAGE.OUTSIDE_WAREHOUSE`. */
  #path(): string {
    return this.#bucket.objectPath(this.#bucket.warehouse.keyOf(this.location));
  }
}

function from(range: ByteRange | undefined, position: number): ByteRange | undefined {
  if (position === 0) return range;
  return { ...range, start: (range?.start ?? 0) + position };
}

/** HTTP's ranges include their last byte. */
const httpRange = ({ start, end }: ByteRange): string => `bytes=${start}-${end === undefined ? "" : end - 1}`;
