import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const demo = join(root, "examples", "flights");
const PARTS = ["data", "models", "tests", "dbt_project.yml", "floe.yaml", "manifest.yaml"];
const PLUGINS = [
  "floe-catalog-rest",
  "floe-compute-duckdb",
  "floe-dbt-fusion",
  "floe-dbt-local",
  "floe-dq-custom",
  "floe-ingestion-dlt",
  "floe-storage-azure",
  "floe-storage-gcs",
  "floe-storage-local",
  "floe-storage-minio",
  "floe-storage-s3",
];

/**
 * Copies the demo product into a folder that isn't there yet, with every plugin that it can be run with.
 *
 * @param dbt The dbt engine that its manifest selects.
 * @param modules A folder node_modules. Default: that of the repository's own packages.
 * @param further Plugins besides those that its manifest can select.
 */
export function copyDemo(
  dir: string,
  dbt: "local" | "fusion" = "local",
  modules = join(root, "tooling", "node_modules"),
  further: readonly string[] = [],
): string {
  for (const part of PARTS) cpSync(join(demo, part), join(dir, part), { recursive: true });
  const dependencies = Object.fromEntries([...PLUGINS, ...further].map((name) => [name, "*"]));
  writeFileSync(join(dir, "package.json"), JSON.stringify({ private: true, dependencies }));
  symlinkSync(modules, join(dir, "node_modules"));
  const manifest = readFileSync(join(dir, "manifest.yaml"), "utf8");
  const engine = /^( {2}dbt:\n {4}type: )local$/m;
  if (!engine.test(manifest)) throw new Error("the demo's manifest no longer selects dbt local");
  writeFileSync(join(dir, "manifest.yaml"), manifest.replace(engine, `$1${dbt}`));
  return dir;
}
