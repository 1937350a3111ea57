import { FloeError } from "../errors/floe-error.ts";
import type { ByteRange } from "../interfaces/file-io.ts";

/**
 * Refuses what is no range of any file: negative or broken numbers, an end before the start. Whether the
 * start lies within the file only the store knows; where it doesn't, that is {@link invalidRange} too.
 *
 * @throws FloeError `STORAGE.INVALID_RANGE`.
 */
export function checkRange(location: string, range: ByteRange | undefined): void {
  if (range === undefined) return;
  const { start, end = start } = range;
  const valid = Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end >= start;
  if (!valid)
    throw invalidRange(location, range, "A range has whole bytes from 0 on, and its end after its start.");
}

/**
 * @param size Bytes that the file has, where it is known; or the reason as a sentence.
 */
export function invalidRange(
  location: string,
  { start, end }: ByteRange,
  size?: number | string,
  cause?: unknown,
): FloeError {
  const bytes = end === undefined ? `${start} and later` : `${start} to ${end}`;
  return new FloeError("STORAGE.INVALID_RANGE", `${location} has no bytes ${bytes}.`, {
    why: typeof size === "number" ? `It has ${size} bytes.` : size,
    next: ["Ask for a range that starts before the end."],
    cause,
  });
}
