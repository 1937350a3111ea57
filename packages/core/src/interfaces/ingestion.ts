import type { IngestionSource } from "../schemas/floe-spec/index.ts";
import type { CatalogConfig } from "./catalog.ts";
import type { DbtProfileOutput } from "./database-connection.ts";
import type { JsonObject, Plugin } from "./plugin.ts";

/**
 * Ingestion: extract and load. Entry points: `floe.ingestion`.
 *
 * @typeParam Pipeline What `createPipeline` gives and `run` takes: the plugin's own, opaque to the host.
 */
export interface IngestionPlugin<Pipeline = unknown> extends Plugin {
  /** Whether the loading happens in a service outside (Airbyte) rather than in this process's reach. */
  readonly isExternal: boolean;

  /**
   * Prepares a pipeline: checks sources and destination, moves no data.
   *
   * @throws FloeError `CONFIG.INVALID_VALUE` for a source it can't load, `CONNECTION.*`.
   */
  createPipeline(config: IngestionConfig): Promise<Pipeline>;

  /**
   * Runs the pipeline. A source that fails makes `success: false` with its error, and the other sources
   * still run. Repeating a run that was cut off loads no row twice.
   */
  run(pipeline: Pipeline, options?: IngestionRunOptions): Promise<IngestionResult>;

  /** How the tool is told to write to the Iceberg catalog. Pure. No secret. */
  getDestinationConfig(catalogConfig: CatalogConfig): JsonObject;

  /**
   * The plugin's Python part, for an orchestrator that loads the sources itself, where there is no Node.
   * Absent for tools that have none: their sources are then loaded by other means. Pure.
   *
   * @param use What it is for, so that only the packages for that need be installed. Default: anything.
   */
  getPythonRunner?(use?: IngestionRunnerUse): IngestionRunner;
}

/** What a Python part will load, and where to. */
export type IngestionRunnerUse = Pick<IngestionConfig, "sources" | "catalog" | "storageProperties">;

/**
 * A Python module that loads sources. It has a function `load(config, sources, full_refresh, run_id)`, all by
 * name: `config` is {@link IngestionConfig} as JSON, but for `catalog`, which is what `getDestinationConfig` gave;
 * `sources` are names; `run_id` names the run that it is loaded for. It gives an {@link IngestionResult},
 * without raising for a source that fails.
 */
export interface IngestionRunner {
  /**
   * Its name: `floe_ingestion_dlt`. It has `load(config, sources, full_refresh, run_id)`, and may have
   * `describe(config, table)`, which gives the columns of a table of the engine that was loaded: name, type,
   * ordinal_position.
   */
  module: string;
  /** The folder that holds its package, which goes as it is among a product's compiled files. Absolute. */
  moduleDir: string;
  /** What it needs, as pip requirements: `dlt==1.31.0`. */
  packages: readonly string[];
}

export interface IngestionConfig {
  productName: string;
  /** Relative source paths start here. Absolute. */
  projectDir: string;
  sources: readonly IngestionSource[];
  /** Where rows go without a catalog: the compute engine's dbt output. */
  destination: DbtProfileOutput;
  /** Where rows go with one. */
  catalog?: CatalogConfig;
  /**
   * How a Python process opens the platform's storage: `getPyicebergProperties()` and
   * `getPyicebergSecrets()` of its plugin, with `env_var()` in place of secrets. For sources in object stores,
   * and for tables whose catalog doesn't say how their files are reached.
   */
  storageProperties?: Readonly<Record<string, string>>;
  /** Folder for what the tool remembers between runs (cursors). Absolute. */
  stateDir: string;
  /** Environment variables that `env_var()` in the destination reads, beside the process's own. May hold secrets. */
  env?: Readonly<Record<string, string>>;
}

/** The counterpart of the specification's `**kwargs`. */
export interface IngestionRunOptions {
  /** Only these sources, by name. Default: all. An unknown name is `CONFIG.REFERENCE`. */
  sources?: readonly string[];
  /** Forget cursors and load from the start. Default false. */
  fullRefresh?: boolean;
  /**
   * Names the run that is loaded for; a run that was killed goes on with the same. What this run has loaded
   * already, and didn't come to say, isn't loaded again.
   */
  runId?: string;
  onProgress?: (source: string, rowsLoaded: number) => void;
}

export interface IngestionResult {
  /** Whether every source was loaded. */
  success: boolean;
  /** One per source that was asked for, in the order of the configuration. */
  sources: readonly SourceResult[];
  executionTimeSeconds: number;
}

export interface SourceResult {
  source: string;
  /** `schema.table`, as it is in the destination. */
  table: string;
  success: boolean;
  /** Rows as the tool counted them; 0 where nothing new was there. */
  rowsLoaded: number;
  bytesLoaded?: number;
  executionTimeSeconds: number;
  /** Columns that this load added, under `evolve`. */
  addedColumns?: readonly string[];
  /** Why it failed: one sentence with the place in the data, where the tool knows it. */
  error?: string;
  /** Of floe's codes the one that fits: `INGESTION.FAILED`, `CATALOG.CONFLICT`, `STORAGE.FORBIDDEN`. */
  errorCode?: string;
}
