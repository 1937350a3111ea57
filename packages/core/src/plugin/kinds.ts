import type { CatalogPlugin } from "../interfaces/catalog.ts";
import type { ComputePlugin } from "../interfaces/compute.ts";
import type { DataQualityPlugin } from "../interfaces/data-quality.ts";
import type { DbtPlugin } from "../interfaces/dbt.ts";
import type { IngestionPlugin } from "../interfaces/ingestion.ts";
import type { LineageBackendPlugin } from "../interfaces/lineage-backend.ts";
import type { OrchestratorPlugin } from "../interfaces/orchestrator.ts";
import type { SemanticLayerPlugin } from "../interfaces/semantic-layer.ts";
import type { StoragePlugin } from "../interfaces/storage.ts";
import type { TelemetryBackendPlugin } from "../interfaces/telemetry-backend.ts";

/** The interface behind each kind of plugin. */
export interface PluginInterfaces {
  compute: ComputePlugin;
  orchestrator: OrchestratorPlugin;
  catalog: CatalogPlugin;
  semantic_layer: SemanticLayerPlugin;
  ingestion: IngestionPlugin;
  dbt: DbtPlugin;
  data_quality: DataQualityPlugin;
  telemetry_backend: TelemetryBackendPlugin;
  lineage_backend: LineageBackendPlugin;
  storage: StoragePlugin;
}

/** A kind of plugin, spelled as its key below `plugins:` in `manifest.yaml`. */
export type PluginKind = keyof PluginInterfaces;

/**
 * The entry-point group of each kind, as a package declares it in the `floe` field of its package.json.
 * The spellings are those of the specification's Python entry points.
 */
export const ENTRY_POINT_GROUPS = {
  compute: "floe.computes",
  orchestrator: "floe.orchestrators",
  catalog: "floe.catalogs",
  semantic_layer: "floe.semantic_layers",
  ingestion: "floe.ingestion",
  dbt: "floe.dbt",
  data_quality: "floe.data_quality",
  telemetry_backend: "floe.telemetry_backends",
  lineage_backend: "floe.lineage_backends",
  storage: "floe.storage",
} as const satisfies Record<PluginKind, `floe.${string}`>;

/** All kinds, in the order in which floe lists them. */
export const PLUGIN_KINDS: readonly PluginKind[] = Object.keys(ENTRY_POINT_GROUPS) as PluginKind[];

/** The kind that an entry-point group stands for, or undefined where there is no such group. */
export function kindOfGroup(group: string): PluginKind | undefined {
  return PLUGIN_KINDS.find((kind) => ENTRY_POINT_GROUPS[kind] === group);
}
