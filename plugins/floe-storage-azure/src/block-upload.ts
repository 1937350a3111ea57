import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { createMd5 } from "@floe/object-storage";
import { azureError } from "./azure-error.ts";
import type { Container } from "./container.ts";
import type { Target } from "./output-file.ts";

/**
 * A file in blocks. Nothing of it is visible before they are committed; those that never are, Azure forgets
 * after a week, or when someone else writes the file.
 */
export class BlockUpload {
  readonly #container: Container;
  readonly #target: Target;
  readonly #signal: AbortSignal;
  readonly #sent: (part: Uint8Array) => void;
  readonly #blocks: string[] = [];
  /** Writers of one file share its uncommitted blocks, so the names of each must be its own. */
  readonly #writer = randomBytes(9).toString("base64url");

  /** @param sent Called with each part that has arrived: its memory is free. */
  constructor(container: Container, target: Target, signal: AbortSignal, sent: (part: Uint8Array) => void) {
    this.#sent = sent;
    this.#container = container;
    this.#target = target;
    this.#signal = signal;
  }

  /** Sends all parts, several at a time. What the source throws comes as it is. */
  async send(first: Uint8Array, rest: AsyncIterator<Uint8Array, void>): Promise<void> {
    const failed = new AbortController();
    const signal = AbortSignal.any([this.#signal, failed.signal]);
    const sending = new Set<Promise<void>>();
    const start = (part: Uint8Array): void => {
      const sent = this.#sendBlock(part, signal)
        .catch((error: unknown) => failed.abort(error))
        .finally(() => sending.delete(sent));
      sending.add(sent);
    };
    try {
      start(first);
      for (;;) {
        if (sending.size >= this.#container.config.upload_concurrency) await Promise.race(sending);
        signal.throwIfAborted();
        const next = await rest.next();
        if (next.done === true) break;
        start(next.value);
      }
      await Promise.all(sending);
      signal.throwIfAborted();
    } catch (error) {
      failed.abort(error);
      await Promise.all(sending);
      throw error;
    }
  }

  /** Makes the file of what was sent. */
  async commit(): Promise<void> {
    const { name, conditions, metadata } = this.#target;
    await this.#container.request(
      (client, limit) =>
        client.getBlockBlobClient(name).commitBlockList(this.#blocks, {
          conditions,
          metadata,
          abortSignal: limit.signal,
        }),
      this.#signal,
    );
  }

  async #sendBlock(part: Uint8Array, signal: AbortSignal): Promise<void> {
    const id = Buffer.from(`${this.#writer}-${String(this.#blocks.length).padStart(6, "0")}`).toString(
      "base64",
    );
    this.#blocks.push(id);
    const { name, location } = this.#target;
    const checksum = createMd5()?.update(part).digest();
    try {
      await this.#container.request(
        (client, limit) =>
          client
            .getBlockBlobClient(name)
            .stageBlock(id, () => Readable.from(limit.sending([part]), { objectMode: false }), part.length, {
              ...(checksum && { transactionalContentMD5: checksum }),
              abortSignal: limit.signal,
            }),
        signal,
      );
      this.#sent(part);
    } catch (error) {
      signal.throwIfAborted();
      throw azureError(error, this.#container, { location, doing: "written" });
    }
  }
}
