import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import type { BlobRequestConditions, Metadata } from "@azure/storage-blob";
import type { InputFile, OutputFile, WriteOptions } from "@floe/core";
import { alreadyThere, OutgoingParts } from "@floe/core/storage";
import { azureError, codeOf, statusOf } from "./azure-error.ts";
import { BlockUpload } from "./block-upload.ts";
import type { Container } from "./container.ts";
import { AzureInputFile } from "./input-file.ts";

const MIB = 1024 * 1024;

/** By it a writer knows its own work again, where the answer to it was lost. Azure has names as in C#. */
const WRITE_ID = "floe_write_id";

/** A file to be: where, when, and whose. */
export interface Target {
  location: string;
  name: string;
  conditions: BlobRequestConditions;
  metadata: Metadata;
}

export class AzureOutputFile implements OutputFile {
  readonly location: string;
  readonly #container: Container;

  constructor(location: string, container: Container) {
    this.location = location;
    this.#container = container;
  }

  toInputFile(): InputFile {
    return new AzureInputFile(this.location, this.#container);
  }

  async write(
    data: Uint8Array | AsyncIterable<Uint8Array>,
    { overwrite = false, signal }: WriteOptions = {},
  ): Promise<void> {
    const { context, config, warehouse } = this.#container;
    const target: Target = {
      location: this.location,
      name: warehouse.keyOf(this.location),
      conditions: overwrite ? {} : { ifNoneMatch: "*" },
      metadata: overwrite ? {} : { [WRITE_ID]: randomUUID() },
    };
    const partSize = config.part_size_mib * MIB;
    using parts = new OutgoingParts(data, () => partSize, [context.signal, signal]);
    const first = await parts.first();
    if (first.length < partSize) return this.#put(target, first, parts.signal);
    if (!overwrite) await this.#refuseExisting();
    const upload = new BlockUpload(this.#container, target, parts.signal, parts.handBack);
    // What the source throws goes to the caller as it is.
    await upload.send(first, parts.rest);
    await this.#coded(target, parts.signal, () => upload.commit());
  }

  async #put(target: Target, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const { name, conditions, metadata } = target;
    await this.#coded(target, signal, async () => {
      await this.#container.request(
        (client, limit) =>
          client
            .getBlockBlobClient(name)
            .upload(() => Readable.from(limit.sending([bytes]), { objectMode: false }), bytes.length, {
              conditions,
              metadata,
              abortSignal: limit.signal,
            }),
        signal,
      );
    });
  }

  async #coded(target: Target, signal: AbortSignal, send: () => Promise<void>): Promise<void> {
    try {
      await send();
    } catch (error) {
      signal.throwIfAborted();
      const lost = statusOf(error) === 409 || statusOf(error) === 412 || codeOf(error) === "InvalidBlockList";
      if (lost && target.conditions.ifNoneMatch !== undefined) {
        if (await this.#isOwn(target, signal)) return;
        if (codeOf(error) !== "InvalidBlockList" || (await this.toInputFile().exists())) {
          throw alreadyThere(this.location, error);
        }
      }
      throw azureError(error, this.#container, { location: this.location, doing: "written" });
    }
  }

  /** Says early what the end of an upload would say late: after gigabytes were sent for nothing. */
  async #refuseExisting(): Promise<void> {
    if (await this.toInputFile().exists()) throw alreadyThere(this.location);
  }

  /** Whether the file that is there is of this very write, whose answer was lost on the way. */
  async #isOwn({ name, metadata }: Target, signal: AbortSignal): Promise<boolean> {
    const found = await this.#container
      .request(
        (client, limit) => client.getBlobClient(name).getProperties({ abortSignal: limit.signal }),
        signal,
      )
      .catch(() => undefined);
    return found?.metadata?.[WRITE_ID] === metadata[WRITE_ID];
  }
}
