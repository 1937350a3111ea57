import { expect, test } from "vitest";
import { tarballContent } from "../../checks/tarball-content.ts";
import type { PackedPackage } from "../../release/pack.ts";

const SOUND: PackedPackage = {
  name: "floe-dbt-tape",
  version: "1.0.0",
  tarball: "floe-dbt-tape-1.0.0.tgz",
  manifest: { name: "floe-dbt-tape", peerDependencies: { "@floe/core": "^1.0.0" } },
  files: [
    "LICENSE",
    "README.md",
    "package.json",
    "dist/index.d.ts",
    "dist/index.js",
    "chart/Chart.yaml",
    "python/requirements.txt",
    "python/floe_dbt_tape/worker.py",
  ],
};

const messages = (packed: PackedPackage) => tarballContent(packed).map((finding) => finding.message);

test("a package with built code, README, licence and its Python module passes", () => {
  expect(messages(SOUND)).toEqual([]);
});

test.each([
  "src/index.ts",
  "test/contract.test.ts",
  "dist/index.test.js",
  "dist/.tsbuildinfo",
  "python/floe_dbt_tape/__pycache__/worker.pyc",
  "tsconfig.json",
  ".env",
])("%s doesn't belong in it", (file) => {
  expect(messages({ ...SOUND, files: [...SOUND.files, file] })).toEqual([`${file} would be published.`]);
});

test.each(["LICENSE", "README.md"])("%s must be in it", (file) => {
  const files = SOUND.files.filter((each) => each !== file);
  expect(messages({ ...SOUND, files })).toEqual([`${file} would not be published.`]);
});

test("a package that wasn't built is empty", () => {
  const files = SOUND.files.filter((each) => !each.startsWith("dist/"));
  expect(messages({ ...SOUND, files })).toEqual(["There is nothing built in it."]);
});

test.each(["workspace:^", "catalog:", "link:../core"])("the range %s means nothing outside", (range) => {
  const manifest = { ...SOUND.manifest, dependencies: { zod: range } };
  expect(messages({ ...SOUND, manifest })).toEqual([
    `dependencies has zod as "${range}", which no registry understands.`,
  ]);
});
