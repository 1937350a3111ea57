import type { Metadata } from "@azure/storage-blob";
import type { ByteRange, InputFile } from "@floe/core";
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
    return existsByLength(() => this.length());
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
      const { chunks } = await this.#open(this.#name(), { start: 0, end: 1 }, undefined, signal);
      await chunks.return();
    } catch (error) {
      signal.throwIfAborted();
      if (statusOf(error) === 416) return;
      throw azureError(error, this.#container, { location: this.location, doing: "looked at" });
    }
  }

  async read(range?: ByteRange): Promise<Uint8Array> {
    try {
      return await inMemory(this.#download(range));
    } catch (error) {
      throw this.#reading(error, range);
    }
  }

  async *stream(range?: ByteRange): AsyncGenerator<Uint8Array, void> {
    try {
      yield* downloaded(this.#download(range));
    } catch (error) {
      throw this.#reading(error, range);
    }
  }

  #download(range: ByteRange | undefined): Download {
    const { context, config } = this.#container;
    const name = this.#name();
    return {
      location: this.location,
      range,
      open: (part, version, signal) => this.#open(name, part, version, signal),
      mayResume: (error) =>
        !context.signal.aborted &&
        statusOf(error) === undefined &&
        this.#container.judge(error) !== undefined,
      concurrency: config.download_concurrency,
      signal: context.signal,
    };
  }

  #reading(error: unknown, range: ByteRange | undefined): unknown {
    const { signal } = this.#container.context;
    if (signal.aborted) return signal.reason;
    if (statusOf(error) === 416 && range !== undefined) {
      return invalidRange(this.location, range, undefined, error);
    }
    if (statusOf(error) === 412) return changedWhileRead(this.location);
    return azureError(error, this.#container, { location: this.location, doing: "read" });
  }

  async #open(
    name: string,
    range: ByteRange | undefined,
    version: string | undefined,
    signal: AbortSignal,
  ): Promise<OpenedBody & { chunks: AsyncGenerator<Uint8Array, void> }> {
    const { start, end } = range ?? { start: 0 };
    const count = end === undefined ? undefined : end - start;
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
      if (range !== undefined && contentLength === 0) throw invalidRange(this.location, range);
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
