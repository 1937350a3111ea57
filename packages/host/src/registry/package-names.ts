import type { PluginKind } from "@floe/core";

/** How the packages of each kind are named: `floe-<short>-<name>`. */
const SHORT: Record<PluginKind, string> = {
  compute: "compute",
  orchestrator: "orchestrator",
  catalog: "catalog",
  semantic_layer: "semantic",
  ingestion: "ingestion",
  dbt: "dbt",
  data_quality: "dq",
  telemetry_backend: "telemetry",
  lineage_backend: "lineage",
  storage: "storage",
};

/** Where the package isn't named after the plugin; the names are the specification's entry points. */
const EXCEPTIONS: Partial<Record<`${PluginKind}/${string}`, string>> = {
  "data_quality/dbt_expectations": "floe-dq-dbt",
  "telemetry_backend/grafana-cloud": "floe-telemetry-grafana",
};

/** The package that conventionally provides a plugin: what to suggest when it isn't installed. */
export function conventionalPackage(kind: PluginKind, name: string): string {
  return EXCEPTIONS[`${kind}/${name}`] ?? `floe-${SHORT[kind]}-${name.replaceAll("_", "-")}`;
}
