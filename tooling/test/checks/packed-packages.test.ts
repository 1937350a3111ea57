import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { inTarball } from "../../checks/packed-packages.ts";
import type { PackedPackage } from "../../release/pack.ts";
import { output } from "../../workspace/command.ts";
import type { PackageManifest } from "../../workspace/manifest.ts";

const MANIFEST: PackageManifest = {
  name: "tape",
  version: "1.0.0",
  license: "Apache-2.0",
  type: "module",
  exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
};

const FILES = {
  "dist/index.js": "export const tape = 1;\n",
  "dist/index.d.ts": "export declare const tape: number;\n",
  "README.md": "# tape\n",
  LICENSE: "Apache-2.0\n",
};

async function findIn(manifest: PackageManifest, files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "floe-tarball-"));
  try {
    const all = { ...files, "package.json": JSON.stringify(manifest) };
    for (const [file, text] of Object.entries(all)) {
      await mkdir(dirname(join(folder, "package", file)), { recursive: true });
      await writeFile(join(folder, "package", file), text);
    }
    const tarball = join(folder, "tape.tgz");
    await output("tar", ["-czf", tarball, "package"], { cwd: folder });
    const packed: PackedPackage = {
      name: "tape",
      version: "1.0.0",
      tarball,
      manifest,
      files: Object.keys(all),
    };
    return (await inTarball(packed)).map((finding) => finding.message).join("\n");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("a sound tarball passes publint and attw", async () => {
  expect(await findIn(MANIFEST, FILES)).toBe("");
});

test("publint's and attw's findings are passed on: an export that isn't in the tarball", async () => {
  const exports = { ...MANIFEST.exports, "./more": { types: "./dist/more.d.ts", default: "./dist/more.js" } };
  const found = await findIn({ ...MANIFEST, exports }, FILES);
  expect(found).toContain("publint: ");
  expect(found).toContain("attw: NoResolution at ./more");
});

test("attw's findings are passed on: types that import what Node can't resolve", async () => {
  const files = {
    ...FILES,
    "dist/index.js": 'export * from "./tape.js";\n',
    "dist/index.d.ts": 'export * from "./tape";\n',
    "dist/tape.js": "export const tape = 1;\n",
    "dist/tape.d.ts": "export declare const tape: number;\n",
  };
  expect(await findIn(MANIFEST, files)).toContain("attw: InternalResolutionError");
});
