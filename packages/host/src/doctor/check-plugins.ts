import { existsSync } from "node:fs";
import { join } from "node:path";
import { API_VERSION, type FloeError, isFloeError } from "@floe/core/contracts";
import { findCoreCopies } from "../discovery/core-copies.ts";
import type { FoundPlugin } from "../discovery/found-plugin.ts";
import { cacheRoot } from "../process/cache-root.ts";
import { locateEnvironment } from "../python/environment.ts";
import { findInterpreter } from "../python/interpreter.ts";
import type { PluginRegistry } from "../registry/registry.ts";
import { type Check, ok } from "./check.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Every installed plugin: whether it fits, loads, and has its Python; and every package left out, and why.
 *
 * @param told Summaries of faults that needn't be told again.
 */
export async function checkPlugins(
  registry: PluginRegistry,
  env: Environment,
  told: ReadonlySet<string> = new Set(),
): Promise<Check[]> {
  const loaded = await Promise.all(registry.plugins.map((plugin) => checkPlugin(registry, plugin)));
  const untold = registry.skipped.filter(({ error }) => !told.has(error.summary));
  const skipped = untold.map(({ package: name, error }) => faultCheck(`package ${name}`, error));
  const withPython = registry.plugins.filter((plugin) => existsSync(lockFileOf(plugin)));
  const environments = withPython.length === 0 ? [] : await checkEnvironments(withPython, env);
  return [...loaded, ...skipped, ...environments, ...checkCore(registry)];
}

async function checkPlugin(registry: PluginRegistry, plugin: FoundPlugin): Promise<Check> {
  const name = `plugin ${plugin.kind} ${plugin.name}`;
  try {
    await registry.load(plugin.kind, plugin.name);
    return ok(name, `${plugin.package} ${plugin.version}, API ${plugin.apiVersion} of ${API_VERSION}.`);
  } catch (error) {
    if (!isFloeError(error)) throw error;
    return faultCheck(name, error);
  }
}

/** Where a plugin with a Python side ships its lock. */
function lockFileOf({ packageDir }: FoundPlugin): string {
  return join(packageDir, "python", "requirements.txt");
}

/** Whether the environments of plugins with a Python side are there yet. */
async function checkEnvironments(plugins: readonly FoundPlugin[], env: Environment): Promise<Check[]> {
  // Asked once for all: finding it starts a process for each name that it may have.
  const finding = findInterpreter(env);
  return Promise.all(
    plugins.map(async (plugin) => {
      const name = `environment of ${plugin.kind} ${plugin.name}`;
      try {
        const where = { interpreter: await finding, cacheDir: cacheRoot(env) };
        const { dir } = await locateEnvironment({ requirements: lockFileOf(plugin) }, where);
        return ok(name, existsSync(dir) ? `Ready at ${dir}.` : "Not made yet; it is made at first use.");
      } catch (error) {
        if (!isFloeError(error)) throw error;
        return faultCheck(name, error);
      }
    }),
  );
}

function checkCore(registry: PluginRegistry): Check[] {
  const copies = findCoreCopies(join(import.meta.dirname, "..", ".."), registry.plugins);
  if (copies.length < 2) return [];
  const list = copies.map(({ version, usedBy }) => `${version} (${usedBy.join(", ")})`).join("; ");
  return [
    {
      name: "copies of @floe/core",
      status: "warning",
      message: `There are ${copies.length}: ${list}. They work together, but take space twice.`,
      next: ["npm dedupe"],
    },
  ];
}

/** A fault as a check that failed, or warns. */
export function faultCheck(name: string, { severity, summary, why, next, where }: FloeError): Check {
  const place = where?.line === undefined ? "" : ` (${where.file}:${where.line}:${where.column ?? 1})`;
  return {
    name,
    status: severity === "warning" ? "warning" : "failed",
    message: [summary + place, why].filter(Boolean).join(" "),
    next: [...next],
  };
}
