import type { CompletedPart } from "@aws-sdk/client-s3";
import { alreadyThere } from "@floe/core/storage";
import type { OpenBucket } from "./bucket.ts";
import { s3Error, statusOf } from "./s3-error.ts";
import { lostTheRace, type WriteTarget } from "./write-target.ts";

/** How long the user's interrupt waits for an upload to be begun or removed, so that nothing stays. */
const INTERRUPTED_MS = 1500;
const REMOVAL_MS = 10_000;

interface Part {
  number: number;
  bytes: Uint8Array;
}

/** An object that is sent in parts, several at a time, and is visible once all are there. */
export class MultipartUpload {
  readonly #target: WriteTarget;
  readonly #ended: AbortSignal;
  readonly #concurrency: number;
  readonly #stopped = new AbortController();
  readonly #sending = new Set<Promise<CompletedPart>>();

  constructor(target: WriteTarget, ended: AbortSignal, concurrency: number) {
    this.#target = target;
    this.#ended = ended;
    this.#concurrency = concurrency;
  }

  /**
   * Sends all and completes; or removes what was sent, and throws why.
   *
   * @param sent Told of each part whose bytes aren't needed any more.
   */
  async run(
    first: Uint8Array,
    rest: AsyncIterable<Uint8Array>,
    sent: (part: Uint8Array) => void,
  ): Promise<void> {
    const uploadId = await this.#create();
    const parts = numbered(first, rest);
    try {
      this.#ended.throwIfAborted();
      const workers = Array.from({ length: this.#concurrency }, () => this.#work(parts, uploadId, sent));
      const all = (await Promise.all(workers)).flat();
      await this.#complete(
        uploadId,
        all.toSorted((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0)),
      );
    } catch (error) {
      this.#stopped.abort(error);
      await Promise.allSettled(this.#sending);
      await this.#remove(uploadId);
      throw error;
    }
  }

  async #work(
    parts: AsyncIterator<Part>,
    uploadId: string,
    sent: (part: Uint8Array) => void,
  ): Promise<CompletedPart[]> {
    const signal = AbortSignal.any([this.#ended, this.#stopped.signal]);
    const done: CompletedPart[] = [];
    for (;;) {
      const next = await parts.next();
      if (next.done === true || signal.aborted) return done;
      const sending = this.#send(next.value, uploadId, signal);
      this.#sending.add(sending);
      done.push(await sending);
      this.#sending.delete(sending);
      sent(next.value.bytes);
    }
  }

  async #send({ number, bytes }: Part, uploadId: string, signal: AbortSignal): Promise<CompletedPart> {
    const part = { ...this.#target.object, UploadId: uploadId, PartNumber: number, Body: bytes };
    return this.#ask(async ({ client, sdk }) => {
      const command = new sdk.UploadPartCommand(part);
      const { ETag, ChecksumCRC32 } = await client.send(command, { abortSignal: signal });
      return { PartNumber: number, ETag, ...(ChecksumCRC32 === undefined ? {} : { ChecksumCRC32 }) };
    });
  }

  async #create(): Promise<string> {
    const patient = afterwards(this.#ended, INTERRUPTED_MS);
    const { object, mark } = this.#target;
    return this.#ask(async ({ client, sdk }) => {
      // Parts are sent with a checksum unless AWS's settings say otherwise, and S3 wants to know before.
      const checked = (await client.config.requestChecksumCalculation()) === "WHEN_SUPPORTED";
      const { UploadId } = await client.send(
        new sdk.CreateMultipartUploadCommand({
          ...object,
          ...mark,
          ...(checked ? { ChecksumAlgorithm: "CRC32" } : {}),
        }),
        { abortSignal: patient },
      );
      if (UploadId === undefined) throw new Error("the answer names no upload");
      return UploadId;
    });
  }

  async #complete(uploadId: string, parts: CompletedPart[]): Promise<void> {
    const { bucket, location, object, condition } = this.#target;
    const all = { ...object, UploadId: uploadId, MultipartUpload: { Parts: parts }, ...condition };
    try {
      await bucket.ask(({ client, sdk }) =>
        client.send(new sdk.CompleteMultipartUploadCommand(all), { abortSignal: this.#ended }),
      );
    } catch (error) {
      this.#ended.throwIfAborted();
      // Sent a second time, it finds either its own object or no upload any more.
      const mayBeDone = lostTheRace(error) || statusOf(error) === 404;
      if (mayBeDone && (await this.#target.isWritten(error, this.#ended))) return;
      if (lostTheRace(error)) throw alreadyThere(location, error);
      throw s3Error(error, bucket, { location, doing: "written" });
    }
  }

  /** Parts that stay cost money and are seen nowhere. */
  async #remove(uploadId: string): Promise<void> {
    const { bucket, location, object } = this.#target;
    const signal = AbortSignal.timeout(this.#ended.aborted ? INTERRUPTED_MS : REMOVAL_MS);
    try {
      await bucket.ask(({ client, sdk }) =>
        client.send(new sdk.AbortMultipartUploadCommand({ ...object, UploadId: uploadId }), {
          abortSignal: signal,
        }),
      );
    } catch (error) {
      if (statusOf(error) === 404) return;
      bucket.context.logger.warn(
        "Parts of an unfinished upload stay until the bucket's lifecycle removes them.",
        { location },
      );
    }
  }

  async #ask<T>(request: (open: OpenBucket) => Promise<T>): Promise<T> {
    const { bucket, location } = this.#target;
    try {
      return await bucket.ask(request);
    } catch (error) {
      this.#ended.throwIfAborted();
      throw s3Error(error, bucket, { location, doing: "written" });
    }
  }
}

async function* numbered(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Part, void> {
  yield { number: 1, bytes: first };
  let number = 1;
  for await (const bytes of rest) {
    number += 1;
    yield { number, bytes };
  }
}

/** A signal that aborts some time after another one did. */
function afterwards(signal: AbortSignal, ms: number): AbortSignal {
  const later = new AbortController();
  signal.addEventListener("abort", () => setTimeout(() => later.abort(signal.reason), ms).unref(), {
    once: true,
  });
  return later.signal;
}
