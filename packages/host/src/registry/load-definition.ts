import { pathToFileURL } from "node:url";
import { FloeError, isPluginDefinition, type PluginDefinition } from "@floe/core/contracts";
import { callWithDeadline, DeadlinePassed } from "../calls/deadline.ts";
import type { FoundPlugin } from "../discovery/found-plugin.ts";
import { resolveEntry } from "./resolve-entry.ts";

/** A module that takes longer than this does something at import that it should do at first use. */
const LIMIT_MS = 10_000;

/**
 * Imports a plugin's module and gives its definition.
 *
 * @throws FloeError `PLUGIN.ENTRY_MISSING`, `.ENTRY_ESCAPES`, `.LOAD_FAILED`, `.LOAD_TIMEOUT`,
 * `.WRONG_EXPORT`.
 */
export async function loadDefinition(
  plugin: FoundPlugin,
  limitMs: number = LIMIT_MS,
): Promise<PluginDefinition> {
  const file = resolveEntry(plugin);
  const exported = await importDefault(plugin, file, limitMs);
  if (!isPluginDefinition(exported)) {
    throw new FloeError("PLUGIN.WRONG_EXPORT", `${plugin.package} doesn't export a plugin.`, {
      why: `The default export of "${plugin.entry}" must be what definePlugin() returns; it is ${kindOfValue(exported)}.`,
      next: [`Tell ${plugin.package}'s author.`],
      where: { file },
    });
  }
  if (exported.kind !== plugin.kind || exported.name !== plugin.name) {
    throw new FloeError("PLUGIN.WRONG_EXPORT", `${plugin.package} exports another plugin than it declares.`, {
      why: `Its \`floe\` field says ${plugin.kind} ${plugin.name}; the module defines ${exported.kind} ${exported.name}.`,
      next: [`Tell ${plugin.package}'s author.`],
      where: { file },
    });
  }
  return exported;
}

async function importDefault(plugin: FoundPlugin, file: string, limitMs: number): Promise<unknown> {
  try {
    const importing = (): Promise<{ default?: unknown }> => import(pathToFileURL(file).href);
    return (await callWithDeadline(limitMs, undefined, importing)).default;
  } catch (error) {
    if (error instanceof DeadlinePassed) {
      throw new FloeError(
        "PLUGIN.LOAD_TIMEOUT",
        `${plugin.package} didn't finish loading in ${limitMs / 1000} s.`,
        {
          why: "Its module waits for something while it is imported, which it should do at first use.",
          next: [`Tell ${plugin.package}'s author.`],
          where: { file },
          cause: error,
        },
      );
    }
    throw new FloeError("PLUGIN.LOAD_FAILED", `${plugin.package} failed while it was loaded.`, {
      why: error instanceof Error ? error.message : String(error),
      next: [loadRemedy(plugin, error)],
      where: { file },
      cause: error,
    });
  }
}

function loadRemedy(plugin: FoundPlugin, error: unknown): string {
  const code = (error as { code?: unknown }).code;
  const missing = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
  return missing ? "npm install" : `Update or reinstall it: npm install ${plugin.package}@latest`;
}

function kindOfValue(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (typeof value === "object" && "kind" in value) return "an object without definePlugin()'s mark";
  return `a ${typeof value}`;
}
