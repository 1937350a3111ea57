import { randomUUID } from "node:crypto";
import { FloeError, type InputFile, type OutputFile, type WriteOptions } from "@floe/core";
import { alreadyThere, OutgoingParts } from "@floe/core/storage";
import type { Bucket } from "./bucket.ts";
import { explained, statusOf, unexpectedAnswer } from "./gcs-error.ts";
import { GcsInputFile } from "./input-file.ts";
import { type Made, ResumableUpload } from "./resumable-upload.ts";

const MIB = 1024 * 1024;

/** By it a writer knows its own work again, where the answer to it was lost. */
const WRITE_ID = "floe-write-id";

export class GcsOutputFile implements OutputFile {
  readonly location: string;
  readonly #bucket: Bucket;

  constructor(location: string, bucket: Bucket) {
    this.location = location;
    this.#bucket = bucket;
  }

  toInputFile(): InputFile {
    return new GcsInputFile(this.location, this.#bucket);
  }

  async write(
    data: Uint8Array | AsyncIterable<Uint8Array>,
    { overwrite = false, signal }: WriteOptions = {},
  ): Promise<void> {
    const { context, config, warehouse } = this.#bucket;
    const key = warehouse.keyOf(this.location);
    const partSize = config.part_size_mib * MIB;
    using parts = new OutgoingParts(data, () => partSize, [context.signal, signal]);
    const first = await parts.first();
    if (first.length < partSize) return this.#put(key, first, overwrite, parts.signal);
    await this.#putInParts(this.#uploadOf(key, overwrite, parts.signal), first, parts, overwrite);
  }

  /** In one request: metadata and bytes, as RFC 2387 has it. */
  async #put(key: string, bytes: Uint8Array, overwrite: boolean, signal: AbortSignal): Promise<void> {
    const writeId = randomUUID();
    const boundary = `floe-${writeId}`;
    const head = `--${boundary}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n${JSON.stringify(
      metadataOf(key, overwrite, writeId),
    )}\r\n--${boundary}\r\ncontent-type: application/octet-stream\r\n\r\n`;
    try {
      const { data } = await this.#bucket.request<{ kind?: string }>(
        {
          method: "POST",
          url: this.#uploads(),
          query: { uploadType: "multipart", ...precondition(overwrite) },
          headers: { "content-type": `multipart/related; boundary=${boundary}` },
          body: [Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)],
        },
        signal,
      );
      if (data.kind !== "storage#object") throw unexpectedAnswer(this.#bucket, "It made no object.");
    } catch (error) {
      signal.throwIfAborted();
      if (statusOf(error) !== 412) throw await this.#writing(error, signal);
      if (!(await this.#isOwn(key, writeId, signal))) throw alreadyThere(this.location, error);
    }
  }

  #uploadOf(key: string, overwrite: boolean, signal: AbortSignal): ResumableUpload {
    const session = {
      url: this.#uploads(),
      query: { uploadType: "resumable", ...precondition(overwrite) },
      metadata: { name: key },
    };
    return new ResumableUpload(this.#bucket, session, signal);
  }

  /** Reads ahead by one, for only the last part may say how long the object is. */
  async #putInParts(
    upload: ResumableUpload,
    first: Uint8Array,
    { rest, signal, handBack }: OutgoingParts,
    overwrite: boolean,
  ): Promise<void> {
    let fromSource = false;
    try {
      if (!overwrite) await this.#refuseExisting();
      await upload.begin();
      let part = first;
      let next = rest.next();
      for (;;) {
        fromSource = true;
        const upcoming = await next;
        fromSource = false;
        if (upcoming.done === true) {
          const garbled = await upload.finish(part);
          if (garbled === undefined) return;
          throw await this.#takenAway(garbled, signal);
        }
        // Its part is read while this one is sent.
        next = rest.next();
        next.catch(() => {});
        await upload.send(part);
        handBack(part);
        part = upcoming.value;
      }
    } catch (error) {
      await upload.cancel();
      signal.throwIfAborted();
      // What the source throws goes to the caller as it is.
      if (fromSource) throw error;
      if (statusOf(error) === 412) throw alreadyThere(this.location, error);
      throw await this.#writing(error, signal);
    }
  }

  /** Says early what the end of an upload would say late: after gigabytes were sent for nothing. */
  async #refuseExisting(): Promise<void> {
    if (await this.toInputFile().exists()) throw alreadyThere(this.location);
  }

  /** Whether the object that is there is this very write, whose answer was lost on the way. */
  async #isOwn(key: string, writeId: string, signal: AbortSignal): Promise<boolean> {
    const url = this.#bucket.objectPath(key);
    const { data } = await this.#bucket.request<{ metadata?: Record<string, string> }>(
      { url, query: { fields: "metadata" }, accept: [403, 404] },
      signal,
    );
    return data.metadata?.[WRITE_ID] === writeId;
  }

  /** An object that isn't what was sent. */
  async #takenAway({ generation }: Made, signal: AbortSignal): Promise<FloeError> {
    const url = this.#bucket.objectPath(this.#bucket.warehouse.keyOf(this.location));
    const query = generation === undefined ? {} : { generation };
    await this.#bucket.request({ method: "DELETE", url, query, accept: [404] }, signal);
    return new FloeError("STORAGE.FAILED", `${this.location} couldn't be written.`, {
      why: "What arrived was another than what was sent.",
      next: ["Write it again."],
    });
  }

  async #writing(error: unknown, signal: AbortSignal): Promise<FloeError> {
    const reason = await explained(
      error,
      this.#bucket,
      { location: this.location, doing: "written" },
      signal,
    );
    if (reason.code !== "STORAGE.NOT_FOUND") return reason;
    // The bucket is there, so it was the upload that isn't any more.
    return new FloeError("STORAGE.FAILED", `${this.location} couldn't be written.`, {
      why: "The server no longer knew of the upload.",
      next: ["Write it again."],
      cause: error,
    });
  }

  #uploads(): string {
    return `/upload/storage/v1/b/${this.#bucket.name}/o`;
  }
}

/** One that replaces may be sent twice without harm, and needs no mark. */
const metadataOf = (name: string, overwrite: boolean, writeId: string): object =>
  overwrite ? { name } : { name, metadata: { [WRITE_ID]: writeId } };

/** Generation 0 is that of an object that isn't there. */
const precondition = (overwrite: boolean): Record<string, string> =>
  overwrite ? {} : { ifGenerationMatch: "0" };
