/**
 * The same bytes in parts of a given size, as multipart uploads have them; only the last may be smaller, and
 * of no bytes there is no part. Each part has memory of its own, so a source may reuse its buffers.
 *
 * @param sizeOf Bytes of each part, at least 1; or a function that gives them by the part's index from 0.
 */
export async function* inParts(
  source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  sizeOf: number | ((index: number) => number),
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  let part: Uint8Array<ArrayBuffer> | undefined;
  let filled = 0;
  let index = 0;
  for await (const chunk of source) {
    for (let taken = 0; taken < chunk.length; ) {
      part ??= new Uint8Array(typeof sizeOf === "number" ? sizeOf : sizeOf(index));
      const count = Math.min(part.length - filled, chunk.length - taken);
      part.set(chunk.subarray(taken, taken + count), filled);
      taken += count;
      filled += count;
      if (filled < part.length) continue;
      yield part;
      index += 1;
      part = undefined;
      filled = 0;
    }
  }
  if (part !== undefined) yield part.subarray(0, filled);
}
