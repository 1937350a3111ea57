import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findCoreCopies } from "../../src/discovery/core-copies.ts";
import { discoverPlugins } from "../../src/discovery/discover.ts";
import { pluginPackage, tempProject } from "../support/temp-project.ts";

const storage = (name: string, changes = {}): Record<string, unknown> =>
  pluginPackage(`floe-storage-${name}`, { "floe.storage": { [name]: "." } }, changes);

const codes = (discovery: ReturnType<typeof discoverPlugins>): string[] =>
  discovery.skipped.map(({ package: name, error }) => `${name} ${error.code}`);

describe("discovery", () => {
  it("finds the plugins among the direct dependencies, and nothing among theirs", () => {
    const projectDir = tempProject({
      "package.json": {
        dependencies: { "floe-storage-a": "1", zod: "1" },
        devDependencies: { "floe-storage-b": "1" },
      },
      "node_modules/floe-storage-a/package.json": storage("a"),
      "node_modules/floe-storage-b/package.json": storage("b"),
      "node_modules/floe-storage-c/package.json": storage("c"),
      "node_modules/zod/package.json": { name: "zod", version: "1.0.0" },
    });
    const { plugins, skipped } = discoverPlugins({ projectDir });
    expect(plugins.map(({ kind, name, version, source }) => ({ kind, name, version, source }))).toEqual([
      { kind: "storage", name: "a", version: "1.2.3", source: "dependency" },
      { kind: "storage", name: "b", version: "1.2.3", source: "dependency" },
    ]);
    expect(skipped).toEqual([]);
  });

  it("follows pnpm's links and a workspace root's dependencies", () => {
    const root = tempProject({
      "package.json": { dependencies: { "floe-storage-shared": "1" } },
      "node_modules/floe-storage-shared/package.json": storage("shared"),
      "store/floe-storage-a/package.json": storage("a"),
      "apps/product/package.json": { dependencies: { "floe-storage-a": "1" } },
      "apps/product/node_modules/.keep": "",
    });
    symlinkSync(join(root, "store/floe-storage-a"), join(root, "apps/product/node_modules/floe-storage-a"));
    const { plugins } = discoverPlugins({ projectDir: join(root, "apps/product") });
    expect(plugins.map(({ name, packageDir }) => [name, packageDir])).toEqual([
      ["a", join(root, "store/floe-storage-a")],
      ["shared", join(root, "node_modules/floe-storage-shared")],
    ]);
  });

  it("puts explicit paths first, and says what they hide", () => {
    const projectDir = tempProject({
      "package.json": { dependencies: { "floe-storage-a": "1" }, floe: { plugins: ["./mine"] } },
      "node_modules/floe-storage-a/package.json": storage("a"),
      "mine/package.json": storage("a", { name: "my-storage", version: "0.0.1" }),
    });
    const discovery = discoverPlugins({ projectDir });
    expect(discovery.plugins.map(({ package: name, source }) => [name, source])).toEqual([
      ["my-storage", "path"],
    ]);
    expect(codes(discovery)).toEqual(["floe-storage-a PLUGIN.DUPLICATE"]);
    expect(discovery.skipped[0]?.error.severity).toBe("warning");
  });

  it("keeps both of two packages that claim the same plugin, for neither comes first", () => {
    const projectDir = tempProject({
      "package.json": { dependencies: { one: "1", two: "1" } },
      "node_modules/one/package.json": storage("a", { name: "one" }),
      "node_modules/two/package.json": storage("a", { name: "two" }),
    });
    expect(discoverPlugins({ projectDir }).plugins.map((plugin) => plugin.package)).toEqual(["one", "two"]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["is a text", { floe: "yes" }, "PLUGIN.MALFORMED"],
    ["has no entry points", { floe: { apiVersion: "1.0", entryPoints: {} } }, "PLUGIN.MALFORMED"],
    [
      "has an unknown key",
      { floe: { apiVersion: "1.0", entryPoint: {}, entryPoints: { "floe.storage": { a: "." } } } },
      "PLUGIN.MALFORMED",
    ],
    ["has no API version", { floe: { entryPoints: { "floe.storage": { a: "." } } } }, "PLUGIN.MALFORMED"],
    [
      "has a version that isn't one",
      { floe: { apiVersion: "one", entryPoints: { "floe.storage": { a: "." } } } },
      "PLUGIN.MALFORMED",
    ],
    [
      "leads out by ..",
      { floe: { apiVersion: "1.0", entryPoints: { "floe.storage": { a: "./../x.js" } } } },
      "PLUGIN.MALFORMED",
    ],
    [
      "is an absolute path",
      { floe: { apiVersion: "1.0", entryPoints: { "floe.storage": { a: "/etc/x.js" } } } },
      "PLUGIN.MALFORMED",
    ],
    [
      "claims an unknown kind",
      { floe: { apiVersion: "1.0", entryPoints: { "floe.storages": { a: "." } } } },
      "PLUGIN.UNKNOWN_KIND",
    ],
    [
      "is of an older major",
      { floe: { apiVersion: "0.9", entryPoints: { "floe.storage": { a: "." } } } },
      "PLUGIN.INCOMPATIBLE",
    ],
    [
      "is of a newer major",
      { floe: { apiVersion: "2.0", entryPoints: { "floe.storage": { a: "." } } } },
      "PLUGIN.INCOMPATIBLE",
    ],
    [
      "is of a higher minor",
      { floe: { apiVersion: "1.7", entryPoints: { "floe.storage": { a: "." } } } },
      "PLUGIN.INCOMPATIBLE",
    ],
  ])("skips a package whose floe field %s, and says why", (_title, changes, code) => {
    const projectDir = tempProject({
      "package.json": { dependencies: { "floe-storage-a": "1", "floe-storage-b": "1" } },
      "node_modules/floe-storage-a/package.json": storage("a", changes),
      "node_modules/floe-storage-b/package.json": storage("b"),
    });
    const discovery = discoverPlugins({ projectDir });
    expect(discovery.plugins.map(({ name }) => name)).toEqual(["b"]);
    expect(codes(discovery)).toEqual([`floe-storage-a ${code}`]);
    const [skipped] = discovery.skipped;
    expect(skipped?.error.where?.file).toBe(join(projectDir, "node_modules/floe-storage-a/package.json"));
    expect(skipped?.error.next.length).toBeGreaterThan(0);
  });

  it("suggests the kind that was meant", () => {
    const projectDir = tempProject({
      "package.json": { dependencies: { a: "1" } },
      "node_modules/a/package.json": pluginPackage("a", { "floe.storages": { a: "." } }),
    });
    expect(discoverPlugins({ projectDir }).skipped[0]?.error.next).toEqual(["Did they mean floe.storage?"]);
  });

  it("says what is declared and not installed, if it looks like a plugin", () => {
    const projectDir = tempProject({
      "package.json": {
        dependencies: { "floe-storage-a": "1", "left-pad": "1" },
        optionalDependencies: { "floe-storage-b": "1" },
      },
    });
    const discovery = discoverPlugins({ projectDir });
    expect(codes(discovery)).toEqual(["floe-storage-a PLUGIN.NOT_INSTALLED"]);
    expect(discovery.skipped[0]?.error.next).toEqual(["npm install"]);
  });

  it("goes on after a dependency whose package.json is broken", () => {
    const projectDir = tempProject({
      "package.json": { dependencies: { "floe-storage-a": "1", "floe-storage-b": "1" } },
      "node_modules/floe-storage-a/package.json": '{ "floe": ',
      "node_modules/floe-storage-b/package.json": storage("b"),
    });
    const discovery = discoverPlugins({ projectDir });
    expect(discovery.plugins.map(({ name }) => name)).toEqual(["b"]);
    expect(discovery.skipped[0]?.error.code).toBe("CONFIG.SYNTAX");
  });

  it("refuses a project whose own package.json can't be parsed", () => {
    const projectDir = tempProject({ "package.json": "{" });
    expect(() => discoverPlugins({ projectDir })).toThrow(expect.objectContaining({ code: "CONFIG.SYNTAX" }));
  });

  it("refuses Plug'n'Play, and names the setting that helps", () => {
    const projectDir = tempProject({ "package.json": {}, ".pnp.cjs": "" });
    expect(() => discoverPlugins({ projectDir })).toThrow(
      expect.objectContaining({
        code: "PROJECT.PNP_UNSUPPORTED",
        next: expect.arrayContaining(["yarn config set nodeLinker node-modules"]),
      }),
    );
  });

  it("finds nothing, without a fault, where there is no package.json", () => {
    const projectDir = tempProject({});
    expect(discoverPlugins({ projectDir })).toEqual({ plugins: [], skipped: [] });
  });

  it("tells two copies of core in the tree apart", () => {
    const projectDir = tempProject({
      "package.json": { dependencies: { "floe-storage-a": "1" } },
      "node_modules/@floe/core/package.json": { name: "@floe/core", version: "1.0.0" },
      "node_modules/@floe/host/package.json": { name: "@floe/host", version: "1.0.0" },
      "node_modules/floe-storage-a/package.json": storage("a"),
      "node_modules/floe-storage-a/node_modules/@floe/core/package.json": {
        name: "@floe/core",
        version: "1.4.0",
      },
    });
    const copies = findCoreCopies(
      join(projectDir, "node_modules/@floe/host"),
      discoverPlugins({ projectDir }).plugins,
    );
    expect(copies.map(({ version, usedBy }) => [version, usedBy])).toEqual([
      ["1.0.0", ["@floe/host"]],
      ["1.4.0", ["floe-storage-a"]],
    ]);
  });
});
