import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { acquireFileLock } from "@floe/host";
import { output } from "../workspace/command.ts";
import type { PackageManifest } from "../workspace/manifest.ts";
import { pnpmCommand } from "../workspace/pnpm.ts";
import { publishable, readWorkspace } from "../workspace/workspace.ts";
import { removeStaleOutput } from "./stale-output.ts";

/** A package as the registry would get it. */
export interface PackedPackage {
  name: string;
  version: string;
  /** Absolute path of the .tgz. */
  tarball: string;
  /** The package.json inside: `publishConfig` applied, `workspace:` and `catalog:` replaced by ranges. */
  manifest: PackageManifest;
  /** Paths inside, without the leading `package/`. */
  files: string[];
}

/**
 * Builds and packs every published package into a folder, which is made if it isn't there. Packages come
 * before those that depend on them.
 */
export async function packAll(root: string, folder: string): Promise<PackedPackage[]> {
  await mkdir(folder, { recursive: true });
  const release = await acquireFileLock(join(root, "node_modules", ".floe-pack.lock"));
  try {
    return await buildAndPack(root, folder);
  } finally {
    release();
  }
}

/** Two at once would pack what the other is just writing to `dist`. */
async function buildAndPack(root: string, folder: string): Promise<PackedPackage[]> {
  const [pnpm, ...pnpmArgs] = pnpmCommand();
  await output(pnpm, [...pnpmArgs, "exec", "tsc", "-b"], { cwd: root });
  const packages = publishable(await readWorkspace(root));
  await Promise.all(packages.map(({ path }) => removeStaleOutput(join(root, path))));
  const names = packages.flatMap(({ name }) => ["--filter", name]);
  const args = [...pnpmArgs, "-r", ...names, "pack", "--json", "--pack-destination", folder];
  const answer: unknown = JSON.parse(await output(pnpm, args, { cwd: root }));
  const packed = (Array.isArray(answer) ? answer : [answer]) as PnpmPacked[];
  return Promise.all(
    packed.map(async ({ name, version, filename, files }) => {
      const tarball = join(folder, filename.slice(filename.lastIndexOf("/") + 1));
      return { name, version, tarball, manifest: await manifestIn(tarball), files: files.map((f) => f.path) };
    }),
  );
}

interface PnpmPacked {
  name: string;
  version: string;
  filename: string;
  files: { path: string }[];
}

async function manifestIn(tarball: string): Promise<PackageManifest> {
  const text = await output("tar", ["-xzOf", tarball, "package/package.json"], { cwd: "." });
  return JSON.parse(text) as PackageManifest;
}
