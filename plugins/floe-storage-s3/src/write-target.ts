import type { Bucket } from "./bucket.ts";
import { attemptsOf, statusOf } from "./s3-error.ts";

/** In an object's metadata: which write made it. */
const WRITE_ID = "floe-write";

/** An object that is being written. */
export class WriteTarget {
  readonly bucket: Bucket;
  readonly location: string;
  readonly object: { readonly Bucket: string; readonly Key: string };
  /** What the request that makes it visible carries. */
  readonly condition: { IfNoneMatch?: "*" };
  /** By it the writer knows its own work again. */
  readonly mark: { readonly Metadata: Record<string, string> };
  readonly #id: string;

  constructor(bucket: Bucket, location: string, key: string, overwrite: boolean, id: string) {
    this.bucket = bucket;
    this.location = location;
    this.object = { Bucket: bucket.name, Key: key };
    this.condition = overwrite ? {} : { IfNoneMatch: "*" };
    this.mark = { Metadata: { [WRITE_ID]: id } };
    this.#id = id;
  }

  /**
   * Whether a request that was refused had been carried out all the same: where the answer to it is lost, it
   * is sent again, and then its own object stands in its way.
   */
  async isWritten(refusal: unknown, signal: AbortSignal): Promise<boolean> {
    if (attemptsOf(refusal) < 2) return false;
    try {
      const { Metadata } = await this.bucket.ask(({ client, sdk }) =>
        client.send(new sdk.HeadObjectCommand(this.object), { abortSignal: signal }),
      );
      return Metadata?.[WRITE_ID] === this.#id;
    } catch {
      return false;
    }
  }
}

/** Whether S3 said that the object is there, or is just being made by another writer. */
export function lostTheRace(error: unknown): boolean {
  const status = statusOf(error);
  return status === 412 || status === 409;
}
