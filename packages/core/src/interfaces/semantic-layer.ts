import type { ComputeConfig, ComputePlugin } from "./compute.ts";
import type { JsonObject, Plugin } from "./plugin.ts";

/** A semantic or consumption layer. Entry points: `floe.semantic_layers`. */
export interface SemanticLayerPlugin extends Plugin {
  /**
   * Generates semantic models from dbt's manifest. The same manifest gives the same files.
   *
   * @param manifestPath dbt's `manifest.json`.
   * @param outputDir Made if missing. Files of an earlier sync that are no longer generated are removed.
   * @returns Absolute paths of the files, sorted.
   * @throws FloeError `DBT.ARTIFACT_MISSING`.
   */
  syncFromDbtManifest(manifestPath: string, outputDir: string): Promise<readonly string[]>;

  /** The security context that isolates a namespace's data for callers with the given roles. Pure. */
  getSecurityContext(namespace: string, roles: readonly string[]): JsonObject;

  /**
   * The layer's datasource, derived from the active compute plugin (ADR-0032), which is where database
   * connectivity comes from. For DuckDB: `{type: "duckdb", url: "/data/floe.duckdb", catalog: "ice"}`.
   *
   * `config` is what the specification's compute plugin carries in itself and ours is given per product.
   */
  getDatasourceConfig(computePlugin: ComputePlugin, config: ComputeConfig): JsonObject;
}
