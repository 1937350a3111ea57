import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Finding } from "../../checks/finding.ts";
import type { PackageManifest } from "../../workspace/manifest.ts";
import { readWorkspace, type Workspace } from "../../workspace/workspace.ts";

export type Files = Record<string, string>;

/** A workspace in which every rule holds: core, host, testkit and one plugin. */
export function soundFiles(): Files {
  const core = { "@floe/core": "workspace:^" };
  return {
    "pnpm-workspace.yaml": "packages: [packages/*, plugins/*]\ncatalog: { zod: 4.6.7, yaml: 2.9.1 }\n",
    "package.json": json({ name: "sample", private: true, packageManager: "pnpm@12.21.0" }),
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\n\nsettings:\n  autoInstallPeers: true\n",
    ".changeset/config.json": json({ access: "public", baseBranch: "main", privatePackages: false }),
    ...packageFiles("packages/core", {
      name: "@floe/core",
      dependencies: { zod: "catalog:" },
    }),
    "packages/core/src/index.ts": 'import { z } from "zod";\nexport type Name = z.infer<typeof z.string>;\n',
    ...packageFiles("packages/host", {
      name: "@floe/host",
      dependencies: { ...core, yaml: "catalog:" },
    }),
    "packages/host/src/index.ts": 'import type { Name } from "@floe/core";\nimport { parse } from "yaml";\n',
    ...packageFiles("packages/testkit", {
      name: "@floe/testkit",
      peerDependencies: { ...core, vitest: ">=3" },
      devDependencies: core,
    }),
    "packages/testkit/src/index.ts": 'import { test } from "vitest";\nexport * from "@floe/core";\n',
    ...packageFiles("plugins/floe-storage-tape", {
      name: "floe-storage-tape",
      peerDependencies: core,
      dependencies: { "tape-sdk": "1.2.3" },
      devDependencies: { ...core, "@floe/testkit": "workspace:^" },
      floe: { apiVersion: "1.0", entryPoints: { "floe.storage": { tape: "." } } },
    }),
    "plugins/floe-storage-tape/src/index.ts":
      'import { definePlugin } from "@floe/core";\nconst { Tape } = await import("tape-sdk");\nimport "./config.ts";\n',
    "plugins/floe-storage-tape/src/config.ts": 'import { join } from "node:path";\n',
    "plugins/floe-storage-tape/test/contract.test.ts":
      'import { testPlugin } from "@floe/testkit";\nimport { expect } from "vitest";\nimport plugin from "../src/index.ts";\n',
  };
}

/** Reads a workspace from files in a temporary folder, gives what the check finds, and cleans up. */
export async function withWorkspace<T>(
  files: Files,
  use: (workspace: Workspace) => Promise<T> | T,
): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), "floe-workspace-"));
  try {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), text);
    }
    return await use(await readWorkspace(root));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** The files with one package.json changed. */
export function withManifest(path: string, change: (manifest: PackageManifest) => void): Files {
  const files = soundFiles();
  const manifest = JSON.parse(files[`${path}/package.json`] ?? "{}") as PackageManifest;
  change(manifest);
  return { ...files, [`${path}/package.json`]: json(manifest) };
}

export function places(findings: Finding[]): string[] {
  return findings.map((finding) => finding.file);
}

function packageFiles(path: string, manifest: PackageManifest): Files {
  const whole: PackageManifest = {
    version: "1.0.0",
    description: "A package of the sample.",
    license: "Apache-2.0",
    type: "module",
    engines: { node: ">=22.18" },
    files: ["dist", "!dist/.tsbuildinfo"],
    exports: { ".": "./src/index.ts", "./package.json": "./package.json" },
    publishConfig: {
      access: "public",
      exports: {
        ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
        "./package.json": "./package.json",
      },
    },
    scripts: { test: `vitest run --root ../.. ${path}/` },
    ...manifest,
  };
  return { [`${path}/package.json`]: json(whole), [`${path}/README.md`]: `# ${manifest.name}\n` };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
