import type { ResolvedSelection } from "../project/selection.ts";

/** Kinds whose selection the Python floe's format has a place for, and its key there. */
export const PLUGIN_KEYS = {
  compute: "compute",
  orchestrator: "orchestrator",
  catalog: "catalog",
  storage: "storage",
  ingestion: "ingestion",
  semantic_layer: "semantic",
  lineage_backend: "lineage_backend",
} as const;

/** A selected plugin as artifacts name it. */
export function reference({ found, selection }: ResolvedSelection) {
  const [release = "0.0.0"] = /^\d+\.\d+\.\d+/.exec(found.version) ?? [];
  const config = Object.keys(selection.config).length === 0 ? {} : { config: { ...selection.config } };
  return { type: found.name, version: release, ...config };
}
