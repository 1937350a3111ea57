import { existsSync, realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { FloeError } from "@floe/core/contracts";
import * as resolver from "resolve.exports";
import type { FoundPlugin } from "../discovery/found-plugin.ts";
import { parsePackageJson, readIfThere } from "../discovery/package-json.ts";

/**
 * The file behind a plugin's entry point, by the package's own `exports` (or `main`).
 *
 * It is resolved from the package's folder and not by name, so that a path under development and an
 * installed package go the same way, and a package is never mistaken for another copy of itself.
 *
 * @throws FloeError `PLUGIN.ENTRY_MISSING`, `PLUGIN.ENTRY_ESCAPES`.
 */
export function resolveEntry(plugin: FoundPlugin): string {
  const manifestFile = join(plugin.packageDir, "package.json");
  const packageJson = parsePackageJson(readIfThere(manifestFile) ?? "{}", manifestFile);
  const target = exportTarget(packageJson, plugin.entry);
  const where = { file: manifestFile, path: `floe.entryPoints (${plugin.name})` };
  const report = [`Reinstall it: npm install ${plugin.package}`, `If that doesn't help, tell its author.`];

  if (target === undefined) {
    throw new FloeError("PLUGIN.ENTRY_MISSING", `${plugin.package} has no export "${plugin.entry}".`, {
      why: "Its `floe` field names an entry point that its `exports` doesn't offer.",
      next: report,
      where,
    });
  }
  const file = join(plugin.packageDir, target);
  if (!existsSync(file)) {
    throw new FloeError("PLUGIN.ENTRY_MISSING", `${plugin.package} lacks the file of its entry point.`, {
      why: `${target} isn't there${target.startsWith("./dist/") ? "; the package may not be built" : ""}.`,
      next: report,
      where,
    });
  }
  const inside = relative(realpathSync(plugin.packageDir), realpathSync(file));
  if (inside === ".." || inside.startsWith(`..${sep}`)) {
    throw new FloeError("PLUGIN.ENTRY_ESCAPES", `An entry point of ${plugin.package} leads outside of it.`, {
      why: `"${plugin.entry}" resolves to ${target}.`,
      next: [`Tell ${plugin.package}'s author; don't use it until it is mended.`],
      where,
    });
  }
  return file;
}

function exportTarget(packageJson: { exports?: unknown; main?: string }, entry: string): string | undefined {
  if (packageJson.exports === undefined) {
    if (entry !== ".") return entry;
    return packageJson.main ?? "./index.js";
  }
  try {
    const options = { conditions: ["node", "module-sync"] };
    return resolver.exports(packageJson as resolver.Package, entry, options)?.[0];
  } catch {
    return undefined;
  }
}
