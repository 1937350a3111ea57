import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packAll } from "../release/pack.ts";

/**
 * A project as a user has it: floe and all of its plugins, installed from their packed packages.
 *
 * @returns Its folder, a new one below `dir`.
 */
export async function installPacked(root: string, dir: string): Promise<string> {
  const tarballs = (await packAll(root, join(dir, "packed"))).filter(({ name }) => name !== "@floe/testkit");
  const project = join(dir, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true }));
  const install = ["install", "--no-audit", "--no-fund", "--silent"];
  execFileSync("npm", [...install, ...tarballs.map(({ tarball }) => tarball)], {
    cwd: project,
    stdio: "inherit",
  });
  return project;
}

/** The command in such a project. */
export function installedFloe(project: string): string {
  return join(project, "node_modules", "@floe", "cli", "bin", "floe.cjs");
}
