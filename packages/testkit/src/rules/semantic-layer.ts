import { strict as assert } from "node:assert";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import type { ComputeConfig, ComputePlugin } from "@floe/core";
import type { KindRules, Rule } from "../rule.ts";
import type { Subject } from "../session/subject.ts";
import { expectCode } from "./expect-code.ts";
import { inlineSecret } from "./inline-secrets.ts";
import { type SampleModel, sampleManifest } from "./sample-manifest.ts";

const MODELS: readonly SampleModel[] = [
  {
    name: "gold_orders",
    tier: "gold",
    columns: ["id", "customer_id", "amount"],
    tests: { id: ["unique", "not_null"] },
  },
  { name: "gold_customers", tier: "gold", columns: ["id", "name"] },
];

function writeManifest(
  { dir }: Subject<"semantic_layer">,
  models: readonly SampleModel[],
  name = "manifest.json",
): string {
  const file = join(dir, name);
  writeFileSync(file, JSON.stringify(sampleManifest(models)));
  return file;
}

const sync: Rule<"semantic_layer"> = {
  id: "semantic.sync",
  title: "generates files below the folder that it is given, and says which",
  async check(subject) {
    const { plugin } = await subject.start();
    const output = join(subject.dir, "not", "yet", "there");
    const files = await plugin.syncFromDbtManifest(writeManifest(subject, MODELS), output);
    assert(files.length > 0, "It generated nothing.");
    assert.deepEqual(files, files.toSorted(), "The files aren't sorted.");
    for (const file of files) {
      assert(
        isAbsolute(file) && !relative(output, file).startsWith(".."),
        `${file} lies outside of the folder.`,
      );
      assert(existsSync(file) && readFileSync(file).length > 0, `${file} isn't there, or is empty.`);
    }
  },
};

const repeatable: Rule<"semantic_layer"> = {
  id: "semantic.repeatable",
  title: "generates the same files from the same manifest",
  async check(subject) {
    const manifest = writeManifest(subject, MODELS);
    const contents: unknown[] = [];
    for (const folder of ["one", "two"]) {
      const { plugin } = await subject.start();
      const output = join(subject.dir, folder);
      const files = await plugin.syncFromDbtManifest(manifest, output);
      contents.push(files.map((file) => [relative(output, file), readFileSync(file, "utf8")]));
    }
    assert.deepEqual(contents[1], contents[0], "The second time the files were others.");
  },
};

const stale: Rule<"semantic_layer"> = {
  id: "semantic.stale",
  title: "removes what it generated for a model that is gone, and nothing else",
  async check(subject) {
    const { plugin } = await subject.start();
    const output = join(subject.dir, "out");
    await mkdir(output);
    const own = join(output, "own.txt");
    writeFileSync(own, "mine");
    const before = await plugin.syncFromDbtManifest(writeManifest(subject, MODELS), output);
    const after = await plugin.syncFromDbtManifest(writeManifest(subject, MODELS.slice(0, 1)), output);
    for (const file of before.filter((one) => !after.includes(one))) {
      assert(!existsSync(file), `${relative(output, file)} is of a model that is gone.`);
    }
    const mentioned = after.filter((file) => readFileSync(file, "utf8").includes("gold_customers"));
    assert.deepEqual(mentioned, [], "A model that is gone is still described.");
    assert(existsSync(own), "It removed a file that it hadn't generated.");
  },
};

const missing: Rule<"semantic_layer"> = {
  id: "semantic.missing-manifest",
  title: "says DBT.ARTIFACT_MISSING where there is no manifest",
  async check(subject) {
    const { plugin } = await subject.start();
    const [manifest, output] = [join(subject.dir, "nowhere.json"), join(subject.dir, "out")];
    await expectCode("DBT.ARTIFACT_MISSING", "A sync without a manifest", () =>
      plugin.syncFromDbtManifest(manifest, output),
    );
    assert(!existsSync(output), "It made the folder all the same.");
  },
};

const security: Rule<"semantic_layer"> = {
  id: "semantic.security",
  title: "gives each namespace and each set of roles a security context of its own",
  async check(subject) {
    const { plugin } = await subject.create();
    const context = (namespace: string, roles: string[]) =>
      JSON.stringify(plugin.getSecurityContext(namespace, roles));
    assert.notEqual(
      context("sales", ["a"]),
      context("finance", ["a"]),
      "Two namespaces have the same context.",
    );
    assert.notEqual(context("sales", ["a"]), context("sales", ["b"]), "Two roles have the same context.");
  },
};

/** Just enough of an engine to derive a datasource from. */
const COMPUTE = {
  name: "duckdb",
  version: "1.0.0",
  floeApiVersion: "1.0",
  isSelfHosted: true,
  generateDbtProfile: () => ({
    type: "duckdb",
    path: "/data/floe.duckdb",
    password: "{{ env_var('DB_PASSWORD') }}",
  }),
  getRequiredDbtPackages: () => ["dbt-duckdb==1.11.1"],
  getCatalogAttachmentSql: () => null,
} as unknown as ComputePlugin;

const COMPUTE_CONFIG: ComputeConfig = { productName: "shop", target: "dev", projectDir: "/projects/shop" };

const datasource: Rule<"semantic_layer"> = {
  id: "semantic.datasource",
  title: "derives its datasource from the compute engine, without a secret",
  async check(subject) {
    const { plugin } = await subject.create();
    const config = plugin.getDatasourceConfig(COMPUTE, COMPUTE_CONFIG);
    assert.equal(config.type, "duckdb", "`type` isn't the engine's.");
    const inline = inlineSecret(config);
    assert.equal(inline, undefined, `${inline} holds a secret.`);
  },
};

export const semanticLayerRules: KindRules<"semantic_layer"> = {
  kind: "semantic_layer",
  members: {
    syncFromDbtManifest: "function",
    getSecurityContext: "function",
    getDatasourceConfig: "function",
  },
  pureCalls: () => [
    {
      title: 'getSecurityContext("sales", ["analyst"])',
      call: (plugin) => plugin.getSecurityContext("sales", ["analyst"]),
    },
    { title: "getDatasourceConfig()", call: (plugin) => plugin.getDatasourceConfig(COMPUTE, COMPUTE_CONFIG) },
  ],
  liveCalls: [],
  rules: [sync, repeatable, stale, missing, security, datasource],
};
