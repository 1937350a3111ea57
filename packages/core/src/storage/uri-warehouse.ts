import { FloeError } from "../errors/floe-error.ts";

/** Where the tables of a store that is addressed by URIs lie: all below one prefix of one bucket. */
export class UriWarehouse {
  /** `s3://bucket/warehouse`; no slash at the end. */
  readonly uri: string;
  readonly #prefix: string;
  readonly #roots: readonly string[];

  /**
   * @param roots Bucket as the store's URIs name it, without a slash at the end: `s3://bucket`. The first is
   * what {@link uri} begins with; others name the same bucket (`s3a://bucket`).
   * @param prefix A folder in it, as {@link isPrefix} has it; empty for the whole bucket.
   */
  constructor(roots: readonly [string, ...string[]], prefix: string) {
    this.#roots = roots;
    this.#prefix = prefix;
    this.uri = prefix === "" ? roots[0] : `${roots[0]}/${prefix}`;
  }

  /** @throws FloeError `STORAGE.OUTSIDE_WAREHOUSE` for what isn't a namespace. */
  uriOf(namespace: string): string {
    return [this.uri, ...namespaceLevels(namespace)].join("/");
  }

  /**
   * The name of the object behind a location, the prefix included. Taken literally: nothing is decoded.
   *
   * Segments `.` and `..` are refused wherever they stand: one tool takes them as names, another resolves
   * them, so they would lead to different objects.
   *
   * @throws FloeError `STORAGE.OUTSIDE_WAREHOUSE`.
   */
  keyOf(location: string): string {
    const root = this.#roots.find((each) => location.startsWith(`${each}/`));
    const key = root === undefined ? "" : location.slice(root.length + 1);
    const below =
      this.#prefix === "" ? key : key.startsWith(`${this.#prefix}/`) && key.slice(this.#prefix.length + 1);
    if (below && isKey(below)) return key;
    throw outsideWarehouse(location, this.uri);
  }
}

const isKey = (text: string): boolean =>
  text.isWellFormed() &&
  !text.includes("\0") &&
  !text.split(/[/\\]/).some((part) => part === "." || part === "..");

/**
 * Whether a text is a folder in a bucket: `warehouse`, `lake/prod`, or nothing at all. No slash at either
 * end, no empty, `.` or `..` segment, nothing that a URI would read otherwise.
 */
export function isPrefix(text: string): boolean {
  return (
    text === "" ||
    (isKey(text) && !/[?#\\]|\p{Cc}/u.test(text) && text.split("/").every((part) => part !== ""))
  );
}

/** @throws FloeError `STORAGE.OUTSIDE_WAREHOUSE` for what would lead elsewhere or isn't a namespace. */
export function namespaceLevels(namespace: string): string[] {
  const levels = namespace === "" ? [] : namespace.split(".");
  if (!levels.some((level) => level === "" || /[/\\\0]/.test(level))) return levels;
  throw new FloeError("STORAGE.OUTSIDE_WAREHOUSE", `"${namespace}" isn't a namespace.`, {
    why: "Levels are separated by single dots and hold no slashes.",
    next: ["Write it as in sales.orders."],
  });
}

export function outsideWarehouse(location: string, warehouse: string): FloeError {
  return new FloeError("STORAGE.OUTSIDE_WAREHOUSE", `${location} lies outside of the warehouse.`, {
    why: `The warehouse is ${warehouse}.`,
    next: [`Use a location below ${warehouse}/.`],
  });
}
