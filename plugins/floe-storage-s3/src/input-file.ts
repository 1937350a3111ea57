import type { Readable } from "node:stream";
import type { GetObjectRequest } from "@aws-sdk/client-s3";
import { type ByteRange, type FloeError, type InputFile, isFloeError } from "@floe/core";
import {
  changedWhileRead,
  type Download,
  downloaded,
  existsByLength,
  inMemory,
  invalidRange,
  notFound,
  type OpenedBody,
} from "@floe/core/storage";
import type { Bucket } from "./bucket.ts";
import { noBucket, notS3, s3Error, statusOf } from "./s3-error.ts";

export class S3InputFile implements InputFile {
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
    try {
      return await inMemory(this.#download(range));
    } catch (error) {
      throw this.#reading(error);
    }
  }

  async *stream(range?: ByteRange): AsyncGenerator<Uint8Array, void> {
    try {
      yield* downloaded(this.#download(range));
    } catch (error) {
      throw this.#reading(error);
    }
  }

  #download(range: ByteRange | undefined): Download {
    const { context, config } = this.#bucket;
    const request = this.#request();
    return {
      location: this.location,
      range,
      open: (part, etag, signal) =>
        this.#get(
          {
            ...request,
            ...(part === undefined ? {} : { Range: httpRange(part) }),
            ...(etag === undefined ? {} : { IfMatch: etag }),
          },
          range,
          signal,
        ),
      mayResume: (error) => !context.signal.aborted && !isFloeError(error),
      concurrency: config.download_concurrency,
      signal: context.signal,
    };
  }

  async #get(
    request: GetObjectRequest,
    range: ByteRange | undefined,
    signal: AbortSignal,
  ): Promise<OpenedBody> {
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
      const range = { start: 0, end: 1 };
      const { chunks } = await this.#get({ ...this.#request(), Range: httpRange(range) }, range, signal);
      for await (const _ of chunks);
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

  #reading(error: unknown): unknown {
    const { signal } = this.#bucket.context;
    return signal.aborted ? signal.reason : this.#failure(error);
  }

  #failure(error: unknown): FloeError {
    return s3Error(error, this.#bucket, { location: this.location, doing: "read" });
  }

  /** @throws FloeError `STORAGE.OUTSIDE_WAREHOUSE`. */
  #request(): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket.name, Key: this.#bucket.warehouse.keyOf(this.location) };
  }
}

/** HTTP's ranges include their last byte. */
const httpRange = ({ start, end }: ByteRange): string => `bytes=${start}-${end === undefined ? "" : end - 1}`;
