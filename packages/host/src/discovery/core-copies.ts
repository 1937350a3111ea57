import { realpathSync } from "node:fs";
import { join } from "node:path";
import type { FoundPlugin } from "./found-plugin.ts";
import { findInstalled } from "./layout.ts";
import { parsePackageJson, readIfThere } from "./package-json.ts";

export interface CoreCopy {
  dir: string;
  version: string;
  /** The packages whose imports of `@floe/core` lead to this copy. */
  usedBy: string[];
}

/**
 * The copies of `@floe/core` that the host and the plugins use. More than one does no harm, since plugins
 * and errors are recognised by brand; it is worth telling a user who wonders about types or sizes.
 */
export function findCoreCopies(hostDir: string, plugins: readonly FoundPlugin[]): CoreCopy[] {
  const copies = new Map<string, CoreCopy>();
  for (const { name, dir } of [
    { name: "@floe/host", dir: hostDir },
    ...plugins.map((plugin) => ({ name: plugin.package, dir: plugin.packageDir })),
  ]) {
    const installed = findInstalled("@floe/core", dir);
    if (installed === undefined) continue;
    const real = realpathSync(installed);
    const file = join(real, "package.json");
    const copy = copies.get(real) ?? {
      dir: real,
      version: parsePackageJson(readIfThere(file) ?? "{}", file).version ?? "unknown",
      usedBy: [],
    };
    if (!copy.usedBy.includes(name)) copy.usedBy.push(name);
    copies.set(real, copy);
  }
  return [...copies.values()];
}
