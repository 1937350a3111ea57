import type { ByteRange } from "../interfaces/file-io.ts";
import { checkRange } from "./byte-range.ts";
import { type OpenedBody, resumed } from "./resumed.ts";

const MIB = 1024 * 1024;
/** Bytes of one request of several: a connection is worth its while, and what lies ready is little. */
const PART = 8 * MIB;
/** What isn't twice a part comes by the request that is open already. */
const LARGE = 2 * PART;

/** How a store gives bytes. */
export interface Download {
  location: string;
  /** The whole file where undefined. */
  range: ByteRange | undefined;
  /**
   * Sends a request for a range that isn't empty, or for the whole file; of the given version only, where one
   * is given. What it throws is thrown as it is. Once the signal aborts nothing more comes.
   */
  open(range: ByteRange | undefined, version: string | undefined, signal: AbortSignal): Promise<OpenedBody>;
  /** Whether asking anew can mend what was thrown while bytes came. */
  mayResume(error: unknown): boolean;
  /** Requests for one file that are under way at a time. */
  concurrency: number;
  signal: AbortSignal;
}

/**
 * A file's bytes in order. Those of a large file are asked for by several requests at a time, ahead of the
 * reader, since one connection is slower than what lies between; for a reader that takes its time at most
 * `concurrency` parts of 8 MiB lie ready, beside the one that it reads. What breaks off is taken up where it ended, in the same version.
 *
 * @param sized Called with the number of bytes before the first one comes, where the server tells it.
 * @throws FloeError `STORAGE.INVALID_RANGE`; else what `open` throws.
 */
export async function* downloaded(
  download: Download,
  sized?: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void> {
  const { location, range, open, concurrency, signal } = download;
  checkRange(location, range);
  // A range of no bytes must start within the file all the same, and HTTP has no word for one.
  const nothing = range !== undefined && range.end === range.start;
  const asked = nothing ? { start: range.start, end: range.start + 1 } : range;
  const first = await open(asked, undefined, signal);
  const { length } = first;
  if (nothing) {
    for await (const _ of first.chunks);
    return;
  }
  if (length !== undefined) sized?.(length);
  if (length === undefined || length <= LARGE || concurrency === 1) {
    yield* between(download, first, { start: 0 }, signal);
    return;
  }
  const unread = new AbortController();
  try {
    yield* ahead(download, { ...first, length }, AbortSignal.any([signal, unread.signal]));
  } finally {
    unread.abort();
  }
}

async function* ahead(
  download: Download,
  first: OpenedBody & { length: number },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const { length } = first;
  const parts: Promise<Uint8Array[]>[] = [];
  let next = PART;
  const ask = (): void => {
    for (; parts.length < download.concurrency && next < length; next += PART) {
      const place = { start: next, end: Math.min(next + PART, length) };
      const part = gathered(between(download, first, place, signal));
      // Told of when it is its turn.
      part.catch(() => {});
      parts.push(part);
    }
  };
  ask();
  yield* between(download, first, { start: 0, end: PART }, signal);
  for (let part = parts[0]; part !== undefined; part = parts[0]) {
    const chunks = await part;
    parts.shift();
    ask();
    yield* chunks;
  }
}

/** The bytes between two places of what is downloaded. What begins it is open already. */
function between(
  { range, open, mayResume }: Download,
  first: OpenedBody,
  { start, end }: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const offset = range?.start ?? 0;
  const to = end === undefined ? range?.end : offset + end;
  let opened = start === 0 ? first : undefined;
  return resumed(
    async (position) => {
      const body = opened;
      opened = undefined;
      if (body !== undefined) {
        return end === undefined ? body : { ...body, chunks: head(body.chunks, end), length: end };
      }
      const from = offset + start + position;
      const rest = from === 0 && to === undefined ? undefined : { start: from, ...(to && { end: to }) };
      return open(rest, first.version, signal);
    },
    (error) => !signal.aborted && mayResume(error),
  );
}

async function* head(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array, void> {
  let left = size;
  for await (const chunk of source) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}

async function gathered(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return chunks;
}

/**
 * All that is downloaded, in memory once.
 *
 * @throws as {@link downloaded}.
 */
export async function inMemory(download: Download): Promise<Uint8Array> {
  let whole: Uint8Array | undefined;
  let filled = 0;
  const chunks: Uint8Array[] = [];
  const sized = (bytes: number): void => {
    whole = new Uint8Array(bytes);
  };
  for await (const chunk of downloaded(download, sized)) {
    if (whole === undefined) chunks.push(chunk);
    else whole.set(chunk, filled);
    filled += chunk.length;
  }
  if (whole !== undefined) return whole;
  const joined = new Uint8Array(filled);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
