import { randomUUID } from "node:crypto";
import type { InputFile, OutputFile, WriteOptions } from "@floe/core";
import { alreadyThere, OutgoingParts } from "@floe/core/storage";
import type { Bucket } from "./bucket.ts";
import { S3InputFile } from "./input-file.ts";
import { MultipartUpload } from "./multipart-upload.ts";
import { notS3, s3Error, statusOf } from "./s3-error.ts";
import { lostTheRace, WriteTarget } from "./write-target.ts";

const MIB = 1024 * 1024;
/** S3 takes 10,000 parts at most, so they grow: of 8 MiB for the first 8 GiB, of 16 for the next 16. */
const PARTS_OF_A_SIZE = 1000;
/** How often a write is repeated that met another one of the same object. */
const CONFLICTS = 3;

export class S3OutputFile implements OutputFile {
  readonly location: string;
  readonly #bucket: Bucket;

  constructor(location: string, bucket: Bucket) {
    this.location = location;
    this.#bucket = bucket;
  }

  toInputFile(): InputFile {
    return new S3InputFile(this.location, this.#bucket);
  }

  async write(
    data: Uint8Array | AsyncIterable<Uint8Array>,
    { overwrite = false, signal }: WriteOptions = {},
  ): Promise<void> {
    const key = this.#bucket.warehouse.keyOf(this.location);
    const target = new WriteTarget(this.#bucket, this.location, key, overwrite, randomUUID());
    const { context, config } = this.#bucket;
    const partSize = config.part_size_mib * MIB;
    const sizeOf = (index: number): number => partSize * 2 ** Math.floor(index / PARTS_OF_A_SIZE);
    using parts = new OutgoingParts(data, sizeOf, [context.signal, signal]);
    const first = await parts.first();
    if (first.length < partSize) return this.#put(target, first, parts.signal);
    // Said early, and not after gigabytes were sent for nothing.
    if (!overwrite && (await this.toInputFile().exists())) throw alreadyThere(this.location);
    const upload = new MultipartUpload(target, parts.signal, config.upload_concurrency);
    await upload.run(first, parts.rest, parts.handBack);
  }

  async #put(target: WriteTarget, body: Uint8Array, ended: AbortSignal): Promise<void> {
    const { object, condition, mark } = target;
    // One that replaces may be sent twice without harm, and needs no mark.
    const request = { ...object, ...(condition.IfNoneMatch && { ...condition, ...mark }), Body: body };
    for (let conflicts = 0; ; conflicts += 1) {
      try {
        const { ETag } = await this.#bucket.ask(({ client, sdk }) =>
          client.send(new sdk.PutObjectCommand(request), { abortSignal: ended }),
        );
        if (ETag === undefined) throw notS3(this.#bucket);
        return;
      } catch (error) {
        ended.throwIfAborted();
        if (statusOf(error) === 409 && conflicts < CONFLICTS) continue;
        if (lostTheRace(error)) {
          if (await target.isWritten(error, ended)) return;
          throw alreadyThere(this.location, error);
        }
        throw s3Error(error, this.#bucket, { location: this.location, doing: "written" });
      }
    }
  }
}
