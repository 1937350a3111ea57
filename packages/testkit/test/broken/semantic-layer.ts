import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Broken } from "../prove.ts";
import { type Semantic, semanticWith } from "../reference/semantic-layer.ts";

const synced = (sync: (base: Semantic) => Semantic["syncFromDbtManifest"]) => ({
  plugin: semanticWith((base) => ({ syncFromDbtManifest: sync(base) })),
});

export const brokenSemantic: readonly Broken<"semantic_layer">[] = [
  {
    fault: "gives its files unsorted",
    rule: "semantic.sync",
    options: synced(
      (base) => async (manifest, output) => [...(await base.syncFromDbtManifest(manifest, output))].reverse(),
    ),
  },
  {
    fault: "names a file that isn't there",
    rule: "semantic.sync",
    also: ["semantic.repeatable", "semantic.stale"],
    options: synced((base) => async (manifest, output) => [
      ...(await base.syncFromDbtManifest(manifest, output)),
      join(output, "zzz.yml"),
    ]),
  },
  {
    fault: "puts chance into its files",
    rule: "semantic.repeatable",
    options: synced((base) => async (manifest, output) => {
      const files = await base.syncFromDbtManifest(manifest, output);
      for (const file of files) appendFileSync(file, `# ${randomUUID()}\n`);
      return files;
    }),
  },
  {
    fault: "leaves files of models that are gone",
    rule: "semantic.stale",
    options: synced((base) => async (manifest, output) => {
      const files = await base.syncFromDbtManifest(manifest, output);
      for (const file of files) writeFileSync(file, "cubes: []\n");
      return files;
    }),
  },
  {
    fault: "makes something of a manifest that isn't there",
    rule: "semantic.missing-manifest",
    options: synced((base) => async (manifest, output) => {
      if (manifest.endsWith("nowhere.json")) {
        mkdirSync(output, { recursive: true });
        return [];
      }
      return base.syncFromDbtManifest(manifest, output);
    }),
  },
  {
    fault: "gives all namespaces the same context",
    rule: "semantic.security",
    options: {
      plugin: semanticWith(() => ({ getSecurityContext: (_namespace, roles) => ({ roles: [...roles] }) })),
    },
  },
  {
    fault: "copies the engine's password",
    rule: "semantic.datasource",
    options: {
      plugin: semanticWith((base) => ({
        getDatasourceConfig: (compute, config) => ({
          ...base.getDatasourceConfig(compute, config),
          password: "plain",
        }),
      })),
    },
  },
];
