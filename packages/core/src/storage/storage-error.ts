import { FloeError } from "../errors/floe-error.ts";

/** Reading or measuring a file that isn't there. */
export function notFound(location: string, cause?: unknown): FloeError {
  return new FloeError("STORAGE.NOT_FOUND", `There is no file ${location}.`, {
    next: ["Check the location."],
    cause,
  });
}

/** Writing without `overwrite` where a file is. */
export function alreadyThere(location: string, cause?: unknown): FloeError {
  return new FloeError("STORAGE.EXISTS", `${location} is already there.`, {
    next: ["Choose another location, or ask for overwriting."],
    cause,
  });
}

/**
 * A credential that is known and may not do this.
 *
 * @param doing A participle: `read`, `written`, `deleted`, `looked at`.
 * @param next What grants it, in the store's own terms.
 */
export function forbidden(
  location: string,
  doing: string,
  { why, next, cause }: { why?: string | undefined; next: readonly string[]; cause?: unknown },
): FloeError {
  return new FloeError("STORAGE.FORBIDDEN", `${location} may not be ${doing}.`, { why, next, cause });
}

/** A file that changed between two requests of one reading. */
export function changedWhileRead(location: string): FloeError {
  return new FloeError("STORAGE.FAILED", `${location} changed while it was read.`, {
    why: "Something other than floe changes files in the warehouse.",
    next: ["Read it again once nothing writes to it."],
  });
}
