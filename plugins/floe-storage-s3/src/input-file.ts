import type { Readable } from "node:stream";
import { type ByteRange, type FloeError, type InputFile, isFloeError } from "@floe/core";
import {
  changedWhileRead,
  checkRange,
  invalidRange,
  notFound,
  type OpenedBody,
  resumed,
} from "@floe/core/storage";
import type { Bucket } from "./bucket.ts";
import { noBucket, notS3, s3Error, statusOf } from "./s3-error.ts";

/** An answer to GET. */
interface Download extends OpenedBody {
  chunks: Readable;
  length: number;
}

export class S3InputFile implements InputFile {
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
      if ((error as FloeError).code === "STORAGE.NOT_FOUND") return false;
      throw error;
    }
  }

  async length(): Promise<number> {
    const { signal } = this.#bucket.context;
    const request = this.#request();
    try {
      const { ContentLength = 0, ETag } = await this.#bucket.ask(({ client, sdk }) =>
        client.send(new sdk.HeadObjectCommand(request), { abortSignal: signal }),
      );
      if (ETag === undefined) throw notS3(this.#bucket);
      return ContentLength;
    } catch (error) {
      signal.throwIfAborted();
      throw await this.#explained(error, signal);
    }
  }

  async read(range?: ByteRange): Promise<Uint8Array> {
    let bytes: Uint8Array | undefined;
    let filled = 0;
    for await (const chunk of this.#chunks(range, (size) => {
      bytes = new Uint8Array(size);
    })) {
      bytes?.set(chunk, filled);
      filled += chunk.length;
    }
    return bytes ?? new Uint8Array();
  }

  stream(range?: ByteRange): AsyncIterable<Uint8Array> {
    return this.#chunks(range);
  }

  /**
   * The bytes as they arrive. A download that breaks off is taken up where it ended; the object's tag sees to
   * it that it is still the same one.
   *
   * @param sized Called once with the number of bytes that will come.
   */
  async *#chunks(range: ByteRange | undefined, sized?: (size: number) => void): AsyncGenerator<Uint8Array> {
    const { signal } = this.#bucket.context;
    this.#request();
    checkRange(this.location, range);
    if (range !== undefined && range.end === range.start) return this.#expectByte(range, signal);
    let end = range?.end;
    const open = async (position: number, version: string | undefined): Promise<OpenedBody> => {
      const start = (range?.start ?? 0) + position;
      const wanted = range === undefined && position === 0 ? undefined : { start, ...(end && { end }) };
      const body = await this.#get(wanted, version, signal);
      if (position === 0) {
        end = start + body.length;
        sized?.(body.length);
      }
      return body;
    };
    try {
      yield* resumed(open, (error) => !signal.aborted && !isFloeError(error));
    } catch (error) {
      signal.throwIfAborted();
      throw this.#failure(error);
    }
  }

  /** A range of no bytes must start within the object all the same. */
  async #expectByte(range: ByteRange, signal: AbortSignal): Promise<void> {
    const { chunks } = await this.#get(range, undefined, signal);
    chunks.destroy();
  }

  async #get(range: ByteRange | undefined, etag: string | undefined, signal: AbortSignal): Promise<Download> {
    const request = {
      ...this.#request(),
      ...(range === undefined ? {} : { Range: httpRange(range) }),
      ...(etag === undefined ? {} : { IfMatch: etag }),
    };
    try {
      const answer = await this.#bucket.ask(({ client, sdk }) =>
        client.send(new sdk.GetObjectCommand(request), { abortSignal: signal }),
      );
      const body = answer.Body as Readable;
      if (answer.ETag === undefined) {
        body.destroy();
        throw notS3(this.#bucket);
      }
      return { chunks: body, length: answer.ContentLength ?? 0, version: answer.ETag };
    } catch (error) {
      signal.throwIfAborted();
      const status = statusOf(error);
      if (status === 416 && range !== undefined) throw invalidRange(this.location, range, undefined, error);
      if (status === 412) throw changedWhileRead(this.location);
      if (status === 404) throw await this.#missing(error, signal);
      throw this.#failure(error);
    }
  }

  /** Why HEAD failed. Its answers have no body, so where the status may mean several things, GET is asked. */
  async #explained(error: unknown, signal: AbortSignal): Promise<FloeError> {
    const status = statusOf(error);
    if (status === 404) return this.#missing(error, signal);
    if (status === undefined || status === 401 || status >= 500) return this.#failure(error);
    try {
      await this.#expectByte({ start: 0, end: 0 }, signal);
    } catch (reason) {
      if (reason instanceof Error) return this.#failure(reason);
    }
    return this.#failure(error);
  }

  /** What a 404 means: S3 says it of an object and of its bucket, and other servers of any page. */
  async #missing(error: unknown, signal: AbortSignal): Promise<FloeError> {
    if ((error as Error).name === "NoSuchBucket") return noBucket(this.#bucket, error);
    const isThere = await this.#bucket.isThere(signal).catch((reason: unknown) => {
      signal.throwIfAborted();
      throw this.#failure(reason);
    });
    return isThere ? notFound(this.location, error) : noBucket(this.#bucket, error);
  }

  #failure(error: unknown): FloeError {
    return s3Error(error, this.#bucket, { location: this.location, doing: "read" });
  }

  /** @throws FloeError `STORAGE.OUTSIDE_WAREHOUSE`. */
  #request(): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket.name, Key: this.#bucket.warehouse.keyOf(this.location) };
  }
}

/** HTTP's ranges include their last byte, so of none it has no word: one byte is asked for then. */
const httpRange = ({ start, end }: ByteRange): string =>
  `bytes=${start}-${end === undefined ? "" : Math.max(start, end - 1)}`;
