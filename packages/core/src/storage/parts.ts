/** Most streams are short, so the first part begins with little memory. */
const FIRST = 64 * 1024;

/**
 * The same bytes in parts of a given size, as multipart uploads have them; only the last may be smaller, and
 * of no bytes there is no part. A part is a copy, so a source may use its buffers again.
 *
 * @param sizeOf Bytes of each part, at least 1; or a function that gives them by the part's index from 0.
 * @param spent Memory of parts that nobody needs any more, which later parts are put into. The caller adds to
 * it; without, each part is new memory, and most of the time of an upload goes into getting and freeing it.
 */
export async function* inParts(
  source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  sizeOf: number | ((index: number) => number),
  spent: ArrayBuffer[] = [],
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  let part: Uint8Array<ArrayBuffer> | undefined;
  let filled = 0;
  let index = 0;
  for await (const chunk of source) {
    for (let taken = 0; taken < chunk.length; ) {
      const size = typeof sizeOf === "number" ? sizeOf : sizeOf(index);
      const count = Math.min(size - filled, chunk.length - taken);
      part ??= index === 0 ? new Uint8Array(Math.min(size, FIRST)) : memoryOf(size, spent);
      if (filled + count > part.length) part = grown(part, filled + count, size);
      part.set(chunk.subarray(taken, taken + count), filled);
      taken += count;
      filled += count;
      if (filled < size) continue;
      yield part;
      index += 1;
      part = undefined;
      filled = 0;
    }
  }
  if (part !== undefined) yield part.subarray(0, filled);
}

function grown(part: Uint8Array, needed: number, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(size, Math.max(needed, part.length * 4)));
  larger.set(part);
  return larger;
}

function memoryOf(size: number, spent: ArrayBuffer[]): Uint8Array<ArrayBuffer> {
  const memory = spent.pop();
  return memory?.byteLength === size ? new Uint8Array(memory) : new Uint8Array(size);
}

/** Bytes that are in memory already in parts that share it; of no bytes there is no part. @param sizeOf As above. */
export async function* slices(
  whole: Uint8Array,
  sizeOf: (index: number) => number,
): AsyncGenerator<Uint8Array, void> {
  for (let start = 0, index = 0; start < whole.length; index += 1) {
    const end = start + sizeOf(index);
    yield whole.subarray(start, end);
    start = end;
  }
}
