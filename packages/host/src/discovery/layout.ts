import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { FloeError } from "@floe/core/contracts";

/** A folder and those above it, up to the file system's root. */
export function* ancestors(dir: string): Generator<string> {
  let current = dir;
  while (true) {
    yield current;
    const parent = dirname(current);
    if (parent === current) return;
    current = parent;
  }
}

/**
 * The folder of an installed package as Node finds it from `fromDir`: the nearest `node_modules` that has
 * it. Works for npm's flat tree and pnpm's links alike; undefined where it isn't installed.
 */
export function findInstalled(name: string, fromDir: string): string | undefined {
  for (const dir of ancestors(fromDir)) {
    const candidate = join(dir, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
  }
  return undefined;
}

/**
 * Plug'n'Play keeps packages in archives that only its own loader can read. Discovery would silently find
 * nothing, so it refuses instead.
 *
 * @throws FloeError `PROJECT.PNP_UNSUPPORTED`.
 */
export function refusePlugAndPlay(projectDir: string): void {
  for (const dir of ancestors(projectDir)) {
    if (existsSync(join(dir, "node_modules"))) return;
    const file = [".pnp.cjs", ".pnp.js"].map((name) => join(dir, name)).find(existsSync);
    if (file === undefined) continue;
    throw new FloeError("PROJECT.PNP_UNSUPPORTED", "floe can't discover plugins under Yarn Plug'n'Play.", {
      why: "Plug'n'Play has no node_modules folders, which is where floe looks for plugins.",
      next: ["yarn config set nodeLinker node-modules", "yarn install"],
      where: { file },
    });
  }
}
