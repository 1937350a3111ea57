import { withRetries } from "@floe/core/storage";
import { createMd5 } from "@floe/object-storage";
import type { Bucket } from "./bucket.ts";
import { unexpectedAnswer } from "./gcs-error.ts";

interface Session {
  /** Path that begins an upload. */
  url: string;
  query: Readonly<Record<string, string>>;
  metadata: object;
}

/** As the server describes an object. */
export interface Made {
  generation?: string;
  md5Hash?: string;
}

/** What is told with the last part. */
interface Whole {
  total: number;
  /** MD5 in Base64; undefined where Node mustn't use it. */
  digest: string | undefined;
}

/** What the server answers to a part that isn't the last. */
const INCOMPLETE = 308;
const CANCEL_MS = 2000;

/**
 * An object in parts. Nothing of it is visible before the last one has arrived, which says what the digest of
 * all of them is: the server refuses another.
 *
 * @see https://cloud.google.com/storage/docs/performing-resumable-uploads#chunked-upload
 */
export class ResumableUpload {
  readonly #bucket: Bucket;
  readonly #session: Session;
  readonly #signal: AbortSignal;
  readonly #md5 = createMd5();
  #url: string | undefined;
  /** Bytes that the server has. */
  #sent = 0;

  constructor(bucket: Bucket, session: Session, signal: AbortSignal) {
    this.#bucket = bucket;
    this.#session = session;
    this.#signal = signal;
  }

  async begin(): Promise<void> {
    const { url, query, metadata } = this.#session;
    const { headers } = await this.#bucket.request(
      {
        method: "POST",
        url,
        query,
        headers: { "content-type": "application/json" },
        body: [Buffer.from(JSON.stringify(metadata))],
      },
      this.#signal,
    );
    const location = headers.get("location");
    if (location === null) throw unexpectedAnswer(this.#bucket, "It named no address for the upload.");
    this.#url = location;
  }

  /** A part that isn't the last: a multiple of 256 KiB, as the protocol has it. */
  async send(part: Uint8Array): Promise<void> {
    this.#md5?.update(part);
    await this.#put(part);
  }

  /**
   * The last part, at least a byte. The object is there when it resolves.
   *
   * @returns The object, if it isn't what was sent: not every server refuses that.
   */
  async finish(part: Uint8Array): Promise<Made | undefined> {
    const digest = this.#md5?.update(part).digest("base64");
    const made = await this.#put(part, { total: this.#sent + part.length, digest });
    const other = digest !== undefined && made?.md5Hash !== undefined && made.md5Hash !== digest;
    return other ? made : undefined;
  }

  /** Has the server forget what it got. Best effort: it forgets by itself, after a week. */
  async cancel(): Promise<void> {
    if (this.#url === undefined) return;
    const request = { method: "DELETE" as const, url: this.#url, accept: [404, 410, 499] };
    await this.#bucket.request(request, AbortSignal.timeout(CANCEL_MS)).catch(() => {});
  }

  /**
   * Sends until the server has all of it: it may keep less than it was sent.
   *
   * @param last Of the last part: how long all are, and their digest.
   * @returns The object, once it is there.
   */
  async #put(part: Uint8Array, last?: Whole): Promise<Made | undefined> {
    const end = this.#sent + part.length;
    const start = this.#sent;
    let unsure = false;
    const made = await withRetries(
      async (): Promise<Made | undefined> => {
        if (unsure) {
          const there = await this.#ask();
          if (there !== undefined) return there;
        }
        for (;;) {
          const rest = part.subarray(this.#sent - start);
          if (rest.length === 0 && last === undefined) return undefined;
          unsure = true;
          const range = `bytes ${this.#sent}-${end - 1}/${last?.total ?? "*"}`;
          const { status, headers, data } = await this.#bucket.attempt<Made>(
            {
              method: "PUT",
              url: this.#url ?? "",
              headers: {
                "content-range": range,
                ...(last?.digest && { "x-goog-hash": `md5=${last.digest}` }),
              },
              body: [rest],
              accept: [INCOMPLETE],
            },
            this.#signal,
          );
          unsure = false;
          if (status !== INCOMPLETE) return data;
          const before = this.#sent;
          this.#sent = keptOf(headers);
          if (last === undefined && this.#sent === end) return undefined;
          if (this.#sent <= before) throw unexpectedAnswer(this.#bucket, "It kept nothing of a part.");
        }
      },
      (error) => this.#bucket.judge(error),
      this.#signal,
    );
    this.#sent = end;
    return made;
  }

  /** How much the server has, after an attempt of which that isn't known. The object where it has all of it. */
  async #ask(): Promise<Made | undefined> {
    const { status, headers, data } = await this.#bucket.attempt<Made>(
      {
        method: "PUT",
        url: this.#url ?? "",
        headers: { "content-range": "bytes */*" },
        body: [],
        accept: [INCOMPLETE],
      },
      this.#signal,
    );
    // It is there, also where nothing more is said of it.
    if (status !== INCOMPLETE) return data ?? {};
    this.#sent = keptOf(headers);
    return undefined;
  }
}

/** `Range: bytes=0-1048575`; none where the server has nothing. */
function keptOf(headers: Headers): number {
  const last = /-(\d+)$/.exec(headers.get("range") ?? "")?.[1];
  return last === undefined ? 0 : Number(last) + 1;
}
