import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");
const PLUGINS = ["floe-compute-duckdb", "floe-dbt-local", "floe-dq-custom"];

/**
 * A product of many small models, each with a test, ten abreast.
 *
 * @param orchestrator Its name, for a product that is compiled for one. @param nameOf A model's name, which may
 * begin with its tier. @returns The product's folder.
 */
export function writeGeneratedProduct(
  dir: string,
  size: number,
  orchestrator?: string,
  nameOf: (index: number) => string = (index) => `model_${index}`,
): string {
  mkdirSync(join(dir, "models"), { recursive: true });
  symlinkSync(join(ROOT, "tooling", "node_modules"), join(dir, "node_modules"));
  const plugins = orchestrator === undefined ? PLUGINS : [...PLUGINS, `floe-orchestrator-${orchestrator}`];
  const dependencies = Object.fromEntries(plugins.map((name) => [name, "*"]));
  writeFileSync(join(dir, "package.json"), JSON.stringify({ private: true, dependencies }));
  writeFileSync(
    join(dir, "floe.yaml"),
    "apiVersion: floe.dev/v1\nkind: FloeSpec\nmetadata: {name: large, version: 1.0.0}\n",
  );
  if (orchestrator !== undefined) {
    writeFileSync(
      join(dir, "manifest.yaml"),
      `apiVersion: floe.dev/v1
kind: Manifest
metadata: {name: bench, version: 1.0.0, owner: me@example.com}
plugins: {compute: {type: duckdb}, orchestrator: {type: ${orchestrator}}}
`,
    );
  }
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
