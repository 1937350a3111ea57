import { existsSync } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import { dirname, join, posix, sep } from "node:path";
import { parse } from "yaml";
import { type ImportSite, readImports } from "./imports.ts";
import type { PackageManifest } from "./manifest.ts";

/** A package of the workspace with all that the checks need to know about it. */
export interface WorkspacePackage {
  /** Relative to the repository, with `/`: `plugins/floe-storage-local`. */
  path: string;
  /** Its name, or its path where it has none. */
  name: string;
  manifest: PackageManifest;
  imports: ImportSite[];
  /** Whether it has a README.md. */
  hasReadme: boolean;
  /** Whether a part of it is Python, with tests of its own. */
  hasPythonTests: boolean;
}

export interface Workspace {
  /** Absolute. */
  root: string;
  packages: WorkspacePackage[];
  /** Versions that several packages share, from pnpm-workspace.yaml. */
  catalog: Record<string, string>;
}

/** The root of the repository that this file belongs to. */
export const REPOSITORY_ROOT = dirname(dirname(import.meta.dirname));

/** Reads the workspace: pnpm-workspace.yaml, every package.json that it names, and their imports. */
export async function readWorkspace(root: string): Promise<Workspace> {
  const settings = parse(await readFile(join(root, "pnpm-workspace.yaml"), "utf8")) as {
    packages?: string[];
    catalog?: Record<string, string>;
  };
  const manifests: string[] = [];
  for (const pattern of settings.packages ?? []) {
    for await (const file of glob(`${pattern}/package.json`, { cwd: root })) manifests.push(file);
  }
  const packages = await Promise.all(manifests.sort().map((file) => readPackage(root, dirname(file))));
  return { root, packages, catalog: settings.catalog ?? {} };
}

/** The packages that users get from the registry. */
export function publishable(workspace: Workspace): WorkspacePackage[] {
  return workspace.packages.filter((each) => each.manifest.private !== true);
}

async function readPackage(root: string, folder: string): Promise<WorkspacePackage> {
  const path = folder.split(sep).join(posix.sep);
  const manifest = JSON.parse(await readFile(join(root, path, "package.json"), "utf8")) as PackageManifest;
  return {
    path,
    name: manifest.name ?? path,
    manifest,
    imports: await readImports(root, path),
    hasReadme: existsSync(join(root, path, "README.md")),
    hasPythonTests: existsSync(join(root, path, "python", "tests")),
  };
}
