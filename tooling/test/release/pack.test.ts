import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PackedPackage, packAll } from "../../release/pack.ts";
import { removeStaleOutput } from "../../release/stale-output.ts";
import { publishable, REPOSITORY_ROOT, readWorkspace } from "../../workspace/workspace.ts";

let folder = "";
let packages: PackedPackage[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "floe-pack-"));
  packages = await packAll(REPOSITORY_ROOT, join(folder, "tarballs"));
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test("packs every published package and nothing private", async () => {
  const expected = publishable(await readWorkspace(REPOSITORY_ROOT)).map((each) => each.name);
  expect(packages.map((each) => each.name).sort()).toEqual(expected.sort());
  for (const each of packages) expect(existsSync(each.tarball)).toBe(true);
});

test("what is packed points at dist and at ranges that a registry understands", () => {
  const host = packages.find((each) => each.name === "@floe/host");
  expect(host?.manifest.exports?.["."]).toEqual({ types: "./dist/index.d.ts", default: "./dist/index.js" });
  expect(host?.manifest.dependencies?.["@floe/core"]).toMatch(/^\^\d+\.\d+\.\d+/);
  expect(host?.manifest.dependencies?.zod).toMatch(/^\d+\.\d+\.\d+$/);
  expect(host?.files).toContain("dist/index.js");
  expect(host?.files).toContain("LICENSE");
});

test("a package comes after those that it depends on", () => {
  const names = packages.map((each) => each.name);
  for (const [before, after] of [
    ["@floe/core", "@floe/host"],
    ["@floe/host", "@floe/cli"],
  ] as const) {
    expect(names.indexOf(before)).toBeLessThan(names.indexOf(after));
  }
});

test("output of a source file that is gone is removed, all else stays", async () => {
  const root = join(folder, "stale");
  const files = [
    "src/kept.ts",
    "dist/kept.js",
    "dist/kept.d.ts",
    "dist/gone/old.js",
    "dist/gone/old.d.ts",
    "dist/data.json",
  ];
  for (const file of files) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), "");
  }
  await removeStaleOutput(root);
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([
    "dist/gone/old.js",
    "dist/gone/old.d.ts",
  ]);
});
