import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ENTRY_POINT_GROUPS, PLUGIN_KINDS } from "@floe/core";
import { installPacked } from "./installed.ts";

const PLUGINS = 28;
const OTHERS = 500;

/**
 * A project as a user has it: floe installed from its packed packages, 30 plugins of which the manifest
 * selects two, and 500 packages that have nothing to do with floe.
 */
export async function makeLargeProject(root: string, dir: string): Promise<void> {
  const project = await installPacked(root, dir);

  const dependencies: Record<string, string> = { "floe-storage-local": "*", "floe-compute-duckdb": "*" };
  for (let index = 0; index < PLUGINS; index += 1) {
    const kind = PLUGIN_KINDS[index % PLUGIN_KINDS.length] ?? "storage";
    const name = `floe-bench-${index}`;
    dependencies[name] = "*";
    writePackage(project, name, {
      peerDependencies: { "@floe/core": "*" },
      floe: { apiVersion: "1.0", entryPoints: { [ENTRY_POINT_GROUPS[kind]]: { [`bench-${index}`]: "." } } },
    });
  }
  for (let index = 0; index < OTHERS; index += 1) writePackage(project, `other-${index}`, {});
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, dependencies }));
  execFileSync(join(project, "node_modules", ".bin", "floe"), ["init", "product"], { cwd: project });
}

function writePackage(project: string, name: string, fields: object): void {
  const dir = join(project, "node_modules", name);
  mkdirSync(dir, { recursive: true });
  const description = "A package that has what packages usually have. ".repeat(10);
  writeFileSync(
    join(dir, "package.json"),
    JSON.stringify({ name, version: "1.0.0", description, main: "index.js", ...fields }),
  );
  writeFileSync(join(dir, "index.js"), "module.exports = {};\n");
}
