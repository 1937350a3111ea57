import { describe, expect, test } from "vitest";
import { changesets } from "../../checks/changesets.ts";
import { coreAsPeer } from "../../checks/core-as-peer.ts";
import { declaredDependencies } from "../../checks/declared-dependencies.ts";
import { dependencyDirection } from "../../checks/dependency-direction.ts";
import type { Check } from "../../checks/finding.ts";
import { floeField } from "../../checks/floe-field.ts";
import { internalRanges } from "../../checks/internal-ranges.ts";
import { lockFile } from "../../checks/lock-file.ts";
import { ownFiles } from "../../checks/own-files.ts";
import { packageJson } from "../../checks/package-json.ts";
import { publishExports } from "../../checks/publish-exports.ts";
import { pythonPins } from "../../checks/python-pins.ts";
import { type Files, places, soundFiles, withManifest, withWorkspace } from "./sample-workspace.ts";

const PLUGIN = "plugins/floe-storage-tape";
const PLUGIN_JSON = `${PLUGIN}/package.json`;
const PLUGIN_SOURCE = `${PLUGIN}/src/config.ts`;

const withFile = (file: string, text: string): Files => ({ ...soundFiles(), [file]: text });

const ALL = [
  dependencyDirection,
  ownFiles,
  declaredDependencies,
  coreAsPeer,
  internalRanges,
  packageJson,
  publishExports,
  floeField,
  changesets,
  lockFile,
  pythonPins,
];

test.each(ALL)("a sound workspace passes: $title", async (check) => {
  expect(await withWorkspace(soundFiles(), (workspace) => check.find(workspace))).toEqual([]);
});

interface Fault {
  fault: string;
  check: Check;
  files: () => Files;
  at: string[];
}

const FAULTS: Fault[] = [
  {
    fault: "a plugin depends on the host",
    check: dependencyDirection,
    files: () =>
      withManifest(PLUGIN, (m) => Object.assign(m.dependencies ?? {}, { "@floe/host": "workspace:^" })),
    at: [PLUGIN_JSON],
  },
  {
    fault: "a source names a Python package in a version that no requirements have",
    check: pythonPins,
    files: () => ({
      ...withFile(PLUGIN_SOURCE, '\nexport const PACKAGES = ["Tape_Lib[fast]==1.2.4", "other==1.0"];\n'),
      "packages/host/python/requirements.txt": "tape-lib==1.2.3 \\\n    --hash=sha256:0\n",
    }),
    at: [`${PLUGIN_SOURCE}:2`],
  },
  {
    fault: "a plugin imports the testkit in its source",
    check: dependencyDirection,
    files: () => withFile(PLUGIN_SOURCE, '\nexport * from "@floe/testkit";\n'),
    at: [`${PLUGIN_SOURCE}:2`],
  },
  {
    fault: "a plugin names the host in an import type",
    check: dependencyDirection,
    files: () => withFile(PLUGIN_SOURCE, 'export type Host = import("@floe/host").Host;\n'),
    at: [`${PLUGIN_SOURCE}:1`],
  },
  {
    fault: "core depends on something beside zod",
    check: dependencyDirection,
    files: () =>
      withManifest("packages/core", (m) => Object.assign(m.dependencies ?? {}, { yaml: "catalog:" })),
    at: ["packages/core/package.json"],
  },
  {
    fault: "core imports the host in a test",
    check: dependencyDirection,
    files: () => withFile("packages/core/test/a.test.ts", 'import { run } from "@floe/host";\n'),
    at: ["packages/core/test/a.test.ts:1"],
  },
  {
    fault: "a path leads into another package",
    check: ownFiles,
    files: () => withFile(PLUGIN_SOURCE, 'import "../../../packages/core/src/index.ts";\n'),
    at: [`${PLUGIN_SOURCE}:1`],
  },
  {
    fault: "a path leads into a folder whose name only starts the same",
    check: ownFiles,
    files: () => withFile(PLUGIN_SOURCE, 'await import("../../floe-storage-tape2/src/index.ts");\n'),
    at: [`${PLUGIN_SOURCE}:1`],
  },
  {
    fault: "a package that is only resolved isn't declared",
    check: declaredDependencies,
    files: () => withFile(PLUGIN_SOURCE, 'createRequire(import.meta.url).resolve("left-pad");\n'),
    at: [`${PLUGIN_SOURCE}:1`],
  },
  {
    fault: "an import isn't declared",
    check: declaredDependencies,
    files: () => withFile(PLUGIN_SOURCE, 'import type { A } from "left-pad/deep/file.js";\n'),
    at: [`${PLUGIN_SOURCE}:1`],
  },
  {
    fault: "the source imports what only tests may",
    check: declaredDependencies,
    files: () => withFile(PLUGIN_SOURCE, 'import "vitest";\n'),
    at: [`${PLUGIN_SOURCE}:1`],
  },
  {
    fault: "a dependency isn't imported",
    check: declaredDependencies,
    files: () => withManifest(PLUGIN, (m) => Object.assign(m.dependencies ?? {}, { unused: "1.0.0" })),
    at: [PLUGIN_JSON],
  },
  {
    fault: "a dependency is imported by tests alone",
    check: declaredDependencies,
    files: () => ({
      ...withManifest(PLUGIN, (m) => Object.assign(m.dependencies ?? {}, { nock: "1.0.0" })),
      [`${PLUGIN}/test/a.test.ts`]: 'import "nock";\n',
    }),
    at: [PLUGIN_JSON],
  },
  {
    fault: "a built-in module lacks its node: prefix",
    check: declaredDependencies,
    files: () => withFile(PLUGIN_SOURCE, 'import { join } from "path";\n'),
    at: [`${PLUGIN_SOURCE}:1`],
  },
  {
    fault: "a plugin brings its own core",
    check: coreAsPeer,
    files: () =>
      withManifest(PLUGIN, (m) => Object.assign(m.dependencies ?? {}, { "@floe/core": "workspace:^" })),
    at: [PLUGIN_JSON],
  },
  {
    fault: "the testkit has no core as a peer",
    check: coreAsPeer,
    files: () => withManifest("packages/testkit", (m) => delete m.peerDependencies?.["@floe/core"]),
    at: ["packages/testkit/package.json"],
  },
  {
    fault: "a range between our packages is written by hand",
    check: internalRanges,
    files: () =>
      withManifest(PLUGIN, (m) => Object.assign(m.peerDependencies ?? {}, { "@floe/core": "^1.0.0" })),
    at: [PLUGIN_JSON],
  },
  {
    fault: "a version passes the catalog by",
    check: internalRanges,
    files: () => withManifest("packages/host", (m) => Object.assign(m.dependencies ?? {}, { yaml: "2.9.0" })),
    at: ["packages/host/package.json"],
  },
  {
    fault: "two packages each have a version of the same thing",
    check: internalRanges,
    files: () =>
      withManifest("packages/host", (m) => Object.assign(m.dependencies ?? {}, { "tape-sdk": "1.2.4" })),
    at: ["packages/host/package.json", PLUGIN_JSON],
  },
  {
    fault: "a dependency isn't pinned",
    check: internalRanges,
    files: () => withManifest(PLUGIN, (m) => Object.assign(m.dependencies ?? {}, { "tape-sdk": "^1.2.3" })),
    at: [PLUGIN_JSON],
  },
  {
    fault: "no description, another licence, no engines, no files, not public, no test script",
    check: packageJson,
    files: () =>
      withManifest(PLUGIN, (m) => {
        m.license = "MIT";
        for (const field of ["description", "engines", "files", "publishConfig", "scripts"] as const)
          delete m[field];
      }),
    at: Array.from({ length: 6 }, () => PLUGIN_JSON),
  },
  {
    fault: "the test script runs another package's tests too",
    check: packageJson,
    files: () =>
      withManifest(PLUGIN, (m) => Object.assign(m.scripts ?? {}, { test: `vitest run ${PLUGIN}` })),
    at: [PLUGIN_JSON],
  },
  {
    fault: "the test script leaves out the tests of its Python",
    check: packageJson,
    files: () => ({ ...soundFiles(), [`${PLUGIN}/python/tests/test_it.py`]: "" }),
    at: [PLUGIN_JSON],
  },
  {
    fault: "no README",
    check: packageJson,
    files: () => {
      const { [`${PLUGIN}/README.md`]: _readme, ...others } = soundFiles();
      return others;
    },
    at: [`${PLUGIN}/README.md`],
  },
  {
    fault: "one package states another repository",
    check: packageJson,
    files: () =>
      withManifest(PLUGIN, (m) => Object.assign(m, { repository: { url: "git:x", directory: PLUGIN } })),
    at: [PLUGIN_JSON],
  },
  {
    fault: "an entry is missing from what is published",
    check: publishExports,
    files: () => withManifest(PLUGIN, (m) => Object.assign(m.exports ?? {}, { "./more": "./src/more.ts" })),
    at: [PLUGIN_JSON],
  },
  {
    fault: "package.json is hidden",
    check: publishExports,
    files: () =>
      withManifest(PLUGIN, (m) => {
        delete m.exports?.["./package.json"];
        delete m.publishConfig?.exports?.["./package.json"];
      }),
    at: [PLUGIN_JSON],
  },
  {
    fault: "a plugin without a floe field",
    check: floeField,
    files: () => withManifest(PLUGIN, (m) => delete m.floe),
    at: [PLUGIN_JSON],
  },
  {
    fault: "a floe field that the host would refuse",
    check: floeField,
    files: () =>
      withManifest(PLUGIN, (m) => Object.assign(m, { floe: { apiVersion: "1", entryPoints: {} } })),
    at: [PLUGIN_JSON, PLUGIN_JSON],
  },
  {
    fault: "a group that doesn't exist",
    check: floeField,
    files: () => withManifest(PLUGIN, (m) => Object.assign(m, { floe: field("floe.storages", "tape", ".") })),
    at: [PLUGIN_JSON],
  },
  {
    fault: "a package that isn't named after its plugin",
    check: floeField,
    files: () => withManifest(PLUGIN, (m) => Object.assign(m, { floe: field("floe.storage", "disk", ".") })),
    at: [PLUGIN_JSON],
  },
  {
    fault: "an entry that the package doesn't export",
    check: floeField,
    files: () =>
      withManifest(PLUGIN, (m) => Object.assign(m, { floe: field("floe.storage", "tape", "./tape") })),
    at: [PLUGIN_JSON],
  },
  {
    fault: "a release configuration that isn't valid",
    check: changesets,
    files: () => withFile(".changeset/config.json", '{ "access": "everybody", "baseBranch": "main" }'),
    at: [".changeset/config.json"],
  },
  {
    fault: "a package that is never released",
    check: changesets,
    files: () =>
      withFile(
        ".changeset/config.json",
        '{ "access": "public", "baseBranch": "main", "ignore": ["floe-storage-tape"] }',
      ),
    at: [".changeset/config.json"],
  },
  {
    fault: "the lock file names where a package came from",
    check: lockFile,
    files: () =>
      withFile(
        "pnpm-lock.yaml",
        "packages:\n  a@1.0.0:\n    resolution: {tarball: https://registry.example/a.tgz}\n",
      ),
    at: ["pnpm-lock.yaml:3"],
  },
];

describe("finds", () => {
  test.each(FAULTS)("$fault", async ({ check, files, at }) => {
    const findings = await withWorkspace(files(), (workspace) => check.find(workspace));
    expect(places(findings)).toEqual(at);
    for (const finding of findings) expect(finding.remedy).not.toBe("");
  });
});

function field(group: string, name: string, entry: string) {
  return { apiVersion: "1.0", entryPoints: { [group]: { [name]: entry } } };
}
