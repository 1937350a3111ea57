import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CompiledArtifacts, JsonObject, JsonValue } from "@floe/core";
import { FloeError, GENERATED } from "@floe/core/contracts";
import type { JobSchedule } from "@floe/orchestration";
import type { AirflowConfig } from "./config.ts";

/** Where the DAG file goes, beside `compiled_artifacts.json`. */
export const DAG_FILE = "airflow_dag.py";

/**
 * What Airflow needn't look through for DAG files: what dbt, floe and npm put beside a product.
 *
 * @see https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html `.airflowignore`
 */
export const IGNORE_FILE = ".airflowignore";
const IGNORED = [".floe/", "deploy/", "dbt_packages/", "logs/", "node_modules/", "target/"];

const TEMPLATE = join(import.meta.dirname, "..", "python", "floe_airflow", "dag.py");
const PRODUCT = 'PRODUCT = "product"';
const SETTINGS = "SETTINGS: dict[str, Any] = {}";

/**
 * The DAG file is the source of `python/floe_airflow/dag.py`, which imports nothing of floe's, so that
 * Airflow's own environment needs nothing of floe; the product's name and the manifest's settings stand in it.
 */
export function createDagFile(
  artifacts: CompiledArtifacts,
  config: AirflowConfig,
  schedule?: JobSchedule,
): Record<string, string> {
  const template = readFileSync(TEMPLATE, "utf8");
  if (!template.includes(PRODUCT) || !template.includes(SETTINGS)) {
    throw new FloeError("PLUGIN.CALL_FAILED", "The plugin's own DAG file isn't as it should be.", {
      next: ["Reinstall floe-orchestrator-airflow."],
    });
  }
  const product = artifacts.metadata.product_name;
  const dag = template
    .replace("A product of floe as an Airflow DAG.", () => `The product ${product} as an Airflow DAG.`)
    .replace(PRODUCT, () => `PRODUCT = ${python(product)}`)
    .replace(
      SETTINGS,
      () =>
        `SETTINGS: dict[str, Any] = ${python({ ...settingsOf(artifacts, config), schedule: schedule === undefined ? null : { ...schedule } })}`,
    );
  return {
    [DAG_FILE]: dag,
    [IGNORE_FILE]: `${[GENERATED, `# Folders beside ${product} that hold no DAG.`, ...IGNORED].join("\n")}\n`,
  };
}

function settingsOf(artifacts: CompiledArtifacts, config: AirflowConfig): JsonObject {
  const { granularity, python_path, project_dir, env, retries, retry_delay_seconds, tags } = config;
  return {
    granularity,
    python_path,
    project_dir,
    env,
    retries,
    retry_delay_seconds,
    retry_backoff: config.retry_backoff === "exponential" ? 2 : 0,
    timeout_minutes: config.timeout_minutes ?? null,
    pool: config.pool ?? null,
    max_active_tasks: config.max_active_tasks ?? (hasOneWriter(artifacts) ? 1 : null),
    tags,
  };
}

/** Whether dbt's target is a DuckDB file: one process may write to it. */
function hasOneWriter({ dbt_profiles: profiles = {}, metadata }: CompiledArtifacts): boolean {
  const profile = profiles[metadata.product_name] as
    | { outputs?: Record<string, { type?: string; path?: string }> }
    | undefined;
  return Object.values(profile?.outputs ?? {}).some(
    ({ type, path = ":memory:" }) => type === "duckdb" && path !== ":memory:" && !path.startsWith("md:"),
  );
}

/** A value as Python writes it, a mapping with a key a line. */
function python(value: JsonValue, indent = ""): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  // JSON's escapes are Python's too.
  if (typeof value !== "object") return JSON.stringify(value);
  const inner = `${indent}    `;
  if (Array.isArray(value)) return `[${value.map((one) => python(one, inner)).join(", ")}]`;
  const entries = Object.entries(value).map(
    ([key, one]) => `${inner}${python(key)}: ${python(one, inner)},\n`,
  );
  return entries.length === 0 ? "{}" : `{\n${entries.join("")}${indent}}`;
}
