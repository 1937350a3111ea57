import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { discoverPlugins } from "../../src/discovery/discover.ts";
import type { FoundPlugin } from "../../src/discovery/found-plugin.ts";
import { loadDefinition } from "../../src/registry/load-definition.ts";
import { conventionalPackage } from "../../src/registry/package-names.ts";
import { PluginRegistry } from "../../src/registry/registry.ts";
import { pluginModule, pluginPackage, tempProject } from "../support/temp-project.ts";

const DIR = "node_modules/floe-storage-a";

function project(
  files: Record<string, string>,
  changes: Record<string, unknown> = {},
  entry = ".",
): { registry: PluginRegistry; plugin: FoundPlugin; dir: string } {
  const dir = tempProject({
    "package.json": { dependencies: { "floe-storage-a": "1" } },
    [`${DIR}/package.json`]: pluginPackage("floe-storage-a", { "floe.storage": { a: entry } }, changes),
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`${DIR}/${path}`, text])),
  });
  const registry = new PluginRegistry(discoverPlugins({ projectDir: dir }));
  return { registry, plugin: registry.find("storage", "a"), dir };
}

describe("loading a plugin", () => {
  it("imports the definition, once", async () => {
    const { registry } = project({ "index.js": pluginModule("storage", "a") });
    const definition = await registry.load("storage", "a");
    expect(definition).toMatchObject({ kind: "storage", name: "a" });
    expect(await registry.load("storage", "a")).toBe(definition);
  });

  it.each([
    ["conditional exports", { exports: { "./s": { import: "./lib/s.js" } } }, "./s", "lib/s.js"],
    [
      "a types condition first",
      { exports: { ".": { types: "./x.d.ts", default: "./main.js" } } },
      ".",
      "main.js",
    ],
    ["main, without exports", { exports: undefined, main: "./main.js" }, ".", "main.js"],
  ])("resolves %s", async (_title, changes, entry, file) => {
    const { plugin } = project({ [file]: pluginModule("storage", "a") }, changes, entry);
    await expect(loadDefinition(plugin)).resolves.toMatchObject({ name: "a" });
  });

  it.each<[string, Record<string, string>, Record<string, unknown>, string, string]>([
    ["names an export that isn't there", { "index.js": "" }, {}, "./other", "PLUGIN.ENTRY_MISSING"],
    ["names a file that isn't there", {}, {}, ".", "PLUGIN.ENTRY_MISSING"],
    [
      "leads out of its package",
      { "../../outside.js": "" },
      { exports: { ".": "./../../outside.js" } },
      ".",
      "PLUGIN.ENTRY_ESCAPES",
    ],
    ["throws", { "index.js": "throw new Error('no licence')" }, {}, ".", "PLUGIN.LOAD_FAILED"],
    ["imports what isn't installed", { "index.js": "import 'not-there'" }, {}, ".", "PLUGIN.LOAD_FAILED"],
    ["has a syntax error", { "index.js": "export default {" }, {}, ".", "PLUGIN.LOAD_FAILED"],
    ["exports nothing", { "index.js": "export {}" }, {}, ".", "PLUGIN.WRONG_EXPORT"],
    [
      "exports a look-alike",
      { "index.js": "export default { kind: 'storage', name: 'a', create() {} }" },
      {},
      ".",
      "PLUGIN.WRONG_EXPORT",
    ],
    ["exports another plugin", { "index.js": pluginModule("storage", "b") }, {}, ".", "PLUGIN.WRONG_EXPORT"],
    ["exports another kind", { "index.js": pluginModule("compute", "a") }, {}, ".", "PLUGIN.WRONG_EXPORT"],
  ])("refuses an entry that %s", async (_title, files, changes, entry, code) => {
    const { plugin } = project(files, changes, entry);
    const error = await loadDefinition(plugin).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, where: { file: expect.stringContaining(plugin.packageDir) } });
    expect((error as { next: string[] }).next.length).toBeGreaterThan(0);
  });

  it("refuses an entry that escapes its package by a link", async () => {
    const { plugin, dir } = project({}, { exports: { ".": "./linked/index.js" } });
    const outside = tempProject({ "index.js": pluginModule("storage", "a") });
    symlinkSync(outside, join(dir, DIR, "linked"));
    await expect(loadDefinition(plugin)).rejects.toMatchObject({ code: "PLUGIN.ENTRY_ESCAPES" });
  });

  it("gives up on a module that takes too long", async () => {
    const { plugin } = project({ "index.js": "await new Promise((r) => setTimeout(r, 60_000).unref())" });
    await expect(loadDefinition(plugin, 50)).rejects.toMatchObject({ code: "PLUGIN.LOAD_TIMEOUT" });
  });
});

describe("looking a plugin up", () => {
  it("names what is installed, what was meant, and what to install", () => {
    const { registry } = project({ "index.js": "" });
    const where = { file: "manifest.yaml", line: 7 };
    expect(() => registry.find("storage", "aa", where)).toThrow(
      expect.objectContaining({
        code: "PLUGIN.NOT_INSTALLED",
        why: "Installed: a.",
        next: ['Did you mean "a"?', "npm install floe-storage-aa"],
        where,
      }),
    );
    expect(() => registry.find("compute", "duckdb")).toThrow(
      expect.objectContaining({ next: ["npm install floe-compute-duckdb"] }),
    );
  });

  it("tells why the package that would provide it was skipped", () => {
    const projectDir = tempProject({
      "package.json": { dependencies: { "floe-storage-a": "1" } },
      [`${DIR}/package.json`]: pluginPackage(
        "floe-storage-a",
        {},
        { floe: { apiVersion: "2.0", entryPoints: { "floe.storage": { a: "." } } } },
      ),
    });
    const registry = new PluginRegistry(discoverPlugins({ projectDir }));
    expect(() => registry.find("storage", "a")).toThrow(
      expect.objectContaining({ code: "PLUGIN.INCOMPATIBLE" }),
    );
  });

  it("refuses to choose between two packages", () => {
    const fields = { "floe.storage": { a: "." } };
    const projectDir = tempProject({
      "package.json": { dependencies: { one: "1", two: "1" } },
      "node_modules/one/package.json": pluginPackage("one", fields),
      "node_modules/two/package.json": pluginPackage("two", fields),
    });
    const registry = new PluginRegistry(discoverPlugins({ projectDir }));
    expect(() => registry.find("storage", "a")).toThrow(
      expect.objectContaining({ code: "PLUGIN.DUPLICATE", next: ["npm uninstall two"] }),
    );
  });

  it.each([
    ["data_quality", "great_expectations", "floe-dq-great-expectations"],
    ["data_quality", "dbt_expectations", "floe-dq-dbt"],
    ["telemetry_backend", "grafana-cloud", "floe-telemetry-grafana"],
    ["compute", "duckdb", "floe-compute-duckdb"],
  ] as const)("knows the package of %s %s", (kind, name, expected) => {
    expect(conventionalPackage(kind, name)).toBe(expected);
  });
});
