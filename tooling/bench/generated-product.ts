import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");

/** What differs from product to product. */
export interface GeneratedProduct {
  /** The name of a model, by its number. */
  nameOf?: (index: number) => string;
  /** A folder node_modules. Default: that of the repository's own packages. */
  modules?: string;
  /** Default: local. */
  dbt?: "local" | "fusion";
  /** Default: none. */
  orchestrator?: { type: string; config?: object };
}

/**
 * A product of many small models, each with a test, ten abreast.
 *
 * @returns The product's folder.
 */
export function writeGeneratedProduct(
  dir: string,
  size: number,
  {
    dbt = "local",
    orchestrator,
    modules = join(ROOT, "tooling", "node_modules"),
    nameOf = (index) => `model_${index}`,
  }: GeneratedProduct = {},
): string {
  mkdirSync(join(dir, "models"), { recursive: true });
  symlinkSync(modules, join(dir, "node_modules"));
  const plugins = ["floe-compute-duckdb", "floe-dq-custom", `floe-dbt-${dbt}`];
  if (orchestrator !== undefined) plugins.push(`floe-orchestrator-${orchestrator.type}`);
  const dependencies = Object.fromEntries(plugins.map((name) => [name, "*"]));
  writeFileSync(join(dir, "package.json"), JSON.stringify({ private: true, dependencies }));
  writeFileSync(
    join(dir, "floe.yaml"),
    "apiVersion: floe.dev/v1\nkind: FloeSpec\nmetadata: {name: large, version: 1.0.0}\n",
  );
  const scheduler = orchestrator === undefined ? "" : `\n  orchestrator: ${JSON.stringify(orchestrator)}`;
  writeFileSync(
    join(dir, "manifest.yaml"),
    `apiVersion: floe.dev/v1
kind: Manifest
metadata: {name: bench, version: 1.0.0, owner: me@example.com}
plugins:
  compute: {type: duckdb}
  dbt: {type: ${dbt}}
  data_quality: {provider: custom, quality_gates: {gold: {min_test_coverage: 80}}}${scheduler}
`,
  );
  writeFileSync(join(dir, "dbt_project.yml"), "name: large\nversion: '1.0'\nprofile: large\n");
  const described: string[] = ["models:"];
  for (let index = 0; index < size; index += 1) {
    const from = index < 10 ? "select 1 as id" : `select id from {{ ref('${nameOf(index - 10)}') }}`;
    writeFileSync(join(dir, "models", `${nameOf(index)}.sql`), `${from}\n`);
    described.push(
      `  - name: ${nameOf(index)}`,
      "    description: One of many.",
      "    columns: [{name: id, description: The key., data_tests: [not_null]}]",
    );
  }
  writeFileSync(join(dir, "models", "schema.yml"), `${described.join("\n")}\n`);
  return dir;
}
