import type { Metadata } from "@azure/storage-blob";
import { type ByteRange, type InputFile, isFloeError } from "@floe/core";
import {
  changedWhileRead,
  checkRange,
  invalidRange,
  notFound,
  type OpenedBody,
  resumed,
} from "@floe/core/storage";
import { azureError, statusOf } from "./azure-error.ts";
import type { Container } from "./container.ts";

export class AzureInputFile implements InputFile {
  readonly location: string;
  readonly #container: Container;

  constructor(location: string, container: Container) {
    this.location = location;
    this.#container = container;
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
    const { signal } = this.#container.context;
    const name = this.#name();
    try {
      const { contentLength = 0, metadata } = await this.#container.request(
        (client, limit) => client.getBlobClient(name).getProperties({ abortSignal: limit.signal }),
        signal,
      );
      this.#refuseFolder(metadata);
      return contentLength;
    } catch (error) {
      signal.throwIfAborted();
      // The answer to HEAD has no words, and only they tell a forged key from a missing permission.
      if (statusOf(error) === 403) await this.#readFirst(signal);
      throw azureError(error, this.#container, { location: this.location, doing: "looked at" });
    }
  }

  async #readFirst(signal: AbortSignal): Promise<void> {
    try {
      const { chunks } = await this.#open(this.#name(), { start: 0, end: 1 }, 0, undefined, signal);
      await chunks.return();
    } catch (error) {
      signal.throwIfAborted();
      if (statusOf(error) === 416) return;
      throw azureError(error, this.#container, { location: this.location, doing: "looked at" });
    }
  }

  async read(range?: ByteRange): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.stream(range)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** The bytes as they arrive. A download that is cut is taken up where it ended, if the file is the same. */
  async *stream(range?: ByteRange): AsyncGenerator<Uint8Array, void> {
    const { signal } = this.#container.context;
    const name = this.#name();
    checkRange(this.location, range);
    // A range of no bytes must start within the file all the same, and HTTP has no word for one.
    const nothing = range !== undefined && range.end === range.start;
    const asked = nothing ? { start: range.start, end: range.start + 1 } : range;
    const bytes = resumed(
      (position, version) => this.#open(name, asked, position, version, signal),
      (error) =>
        !signal.aborted && statusOf(error) === undefined && this.#container.judge(error) !== undefined,
    );
    try {
      for await (const chunk of bytes) if (!nothing) yield chunk;
    } catch (error) {
      signal.throwIfAborted();
      if (statusOf(error) === 416 && range !== undefined) {
        throw invalidRange(this.location, range, undefined, error);
      }
      if (statusOf(error) === 412) throw changedWhileRead(this.location);
      throw azureError(error, this.#container, { location: this.location, doing: "read" });
    }
  }

  async #open(
    name: string,
    range: ByteRange | undefined,
    position: number,
    version: string | undefined,
    signal: AbortSignal,
  ): Promise<OpenedBody & { chunks: AsyncGenerator<Uint8Array, void> }> {
    const start = (range?.start ?? 0) + position;
    const count = range?.end === undefined ? undefined : range.end - start;
    const { answer, limit } = await this.#container.open(
      (client, { signal: abortSignal }) =>
        client.getBlobClient(name).download(start, count, {
          abortSignal,
          maxRetryRequests: 0,
          ...(version === undefined ? {} : { conditions: { ifMatch: version } }),
        }),
      signal,
    );
    const { readableStreamBody, contentLength, etag = "", metadata } = answer;
    const chunks = limit.during(unbroken((readableStreamBody ?? []) as AsyncIterable<Buffer>));
    try {
      this.#refuseFolder(metadata);
      // The SDK asks for the whole where a range begins with the first byte, and Azurite takes one at the end.
      if (range !== undefined && position === 0 && contentLength === 0)
        throw invalidRange(this.location, range);
    } catch (error) {
      await chunks.return();
      throw error;
    }
    return { chunks, length: contentLength, version: etag };
  }

  /** With hierarchical namespaces the Blob service shows folders, as files of no bytes. */
  #refuseFolder(metadata: Metadata | undefined): void {
    if (metadata?.hdi_isfolder === "true") throw notFound(this.location);
  }

  /** @throws FloeError `STORAGE.OUTSIDE_WAREHOUSE`. */
  #name(): string {
    return this.#container.warehouse.keyOf(this.location);
  }
}

/** The SDK calls it an abort when a connection breaks. */
async function* unbroken(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    yield* body;
  } catch (error) {
    if ((error as Error).name !== "AbortError") throw error;
    throw Object.assign(new Error("the connection broke"), { code: "ECONNRESET" });
  }
}
