import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { namespaceLevels, outsideWarehouse } from "@floe/core/storage";

const SCHEME = "file://";

/** The folder that all files are below, and the border that no location may cross. */
export class Warehouse {
  readonly root: string;

  /** @param root Absolute. */
  constructor(root: string) {
    this.root = root;
  }

  /**
   * `file:///data/warehouse/sales/orders`. A URI is taken literally, not percent-encoded, so that it means
   * the same to every tool that only strips the scheme.
   */
  uriOf(namespace: string): string {
    const levels = namespaceLevels(namespace);
    return SCHEME + [this.root.split(sep).join("/"), ...levels].join("/");
  }

  /**
   * The path behind a location: a `file://` URI or an absolute path, below the root.
   *
   * @throws FloeError `STORAGE.OUTSIDE_WAREHOUSE`.
   */
  async pathOf(location: string): Promise<string> {
    const path = location.startsWith(SCHEME) ? location.slice(SCHEME.length) : location;
    const segments = path.split(/[/\\]/);
    if (!isAbsolute(path) || path.includes("\0") || segments.includes(".."))
      throw outsideWarehouse(location, this.uriOf(""));
    const normal = join(path);
    if (!this.#holds(this.root, normal)) throw outsideWarehouse(location, this.uriOf(""));
    // A link within the warehouse may lead out of it; what counts is where the file really lies.
    const [root, parent] = await Promise.all([realFolder(this.root), realFolder(dirname(normal))]);
    if (root === undefined || parent === undefined || !this.#holds(root, parent, true)) {
      throw outsideWarehouse(location, this.uriOf(""));
    }
    const target = await realpath(normal).catch(() => undefined);
    if (target !== undefined && !this.#holds(root, target)) throw outsideWarehouse(location, this.uriOf(""));
    return normal;
  }

  #holds(root: string, path: string, orIsRoot = false): boolean {
    const inner = relative(root, path);
    if (inner === "") return orIsRoot;
    return inner !== ".." && !inner.startsWith(`..${sep}`) && !isAbsolute(inner);
  }
}

/**
 * A folder with links resolved; of one that isn't there yet, as far as it is. Undefined where a link on the
 * way leads to nothing: what it will lead to can't be known.
 */
async function realFolder(dir: string): Promise<string | undefined> {
  const real = await realpath(dir).catch(() => undefined);
  if (real !== undefined) return real;
  const isLink = await lstat(dir).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
  if (isLink) return undefined;
  const above = dirname(dir);
  if (above === dir) return dir;
  const parent = await realFolder(above);
  return parent === undefined ? undefined : join(parent, basename(dir));
}
