/**
 * The same bytes in parts of equal size, as multipart uploads have them; only the last may be smaller, and
 * of no bytes there is no part. Each part has memory of its own, so a source may reuse its buffers.
 *
 * @param size Bytes, at least 1.
 */
export async function* inParts(
  source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  let part: Uint8Array<ArrayBuffer> | undefined;
  let filled = 0;
  for await (const chunk of source) {
    for (let taken = 0; taken < chunk.length; ) {
      part ??= new Uint8Array(size);
      const count = Math.min(size - filled, chunk.length - taken);
      part.set(chunk.subarray(taken, taken + count), filled);
      taken += count;
      filled += count;
      if (filled < size) continue;
      yield part;
      part = undefined;
      filled = 0;
    }
  }
  if (part !== undefined) yield part.subarray(0, filled);
}
