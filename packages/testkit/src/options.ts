import type {
  ComputeConfig,
  DatabaseConnection,
  DbtProject,
  ExpectationType,
  IngestionConfig,
  IngestionSource,
  PluginDefinition,
  PluginKind,
  PythonRuntime,
  SecretReference,
} from "@floe/core";
import type { SampleTable } from "./rules/sample-rows.ts";

/** A server of the kit's own, on 127.0.0.1, that never serves. */
export interface DeadServer {
  /** `http://127.0.0.1:41234`. */
  url: string;
  /** `127.0.0.1`. */
  host: string;
  port: number;
}

/** Where a rule works. */
export interface Workspace {
  /** A folder that exists, is empty, belongs to this rule alone and goes with it. Absolute. */
  dir: string;
}

/** What stands below `config:` in a manifest, or a function that makes it for a rule's folder. */
export type ConfigSource = unknown | ((workspace: Workspace) => unknown | Promise<unknown>);

/** What the standard tests of every kind take. */
export interface PluginTestOptions<K extends PluginKind> {
  /** The default export of the plugin's package. */
  plugin: PluginDefinition<K>;
  /** A config that works. Called anew for each rule where it is a function. */
  config: ConfigSource;
  /** Configs that the schema must refuse, at least one. Each should be wrong in one way. */
  invalidConfigs: readonly unknown[];
  /**
   * The plugin's package.json: its path (a file URL, or absolute) or its content. Recommended: it holds the
   * `floe` field, by which the plugin is found.
   */
  packageJson?: string | URL | Readonly<Record<string, unknown>>;
  /**
   * A config that leads to the given server, which is dead in one of several ways. It should have all the
   * secrets that a real one has. A plugin that talks to no server says why in {@link noServer} instead.
   */
  unreachable?: (server: DeadServer, workspace: Workspace) => unknown | Promise<unknown>;
  /** Why there is no {@link unreachable}: "Local files have no server." */
  noServer?: string;
  /** Why {@link config} reaches nothing that is alive, so that rules which need that are skipped. */
  offline?: string;
  /**
   * Real values of secrets, by environment variable, for a config that reaches a real system. Any other
   * secret gets a random value. None may be seen anywhere; values under eight characters aren't looked for.
   */
  secrets?: Readonly<Record<string, string>>;
  /** What the manifest's `connection_secret_ref` names, for plugins that use `context.connectionSecret`. */
  connectionSecret?: SecretReference;
  /** For plugins with a Python side. Without it, using Python is an error. */
  python?: PythonRuntime;
  /** Within which time a dead server must be reported, in milliseconds. Default 10,000, the host's. */
  deadlineMs?: number;
  /** Within which time a whole rule must be done, in milliseconds; a hang ends there. Default 60,000. */
  limitMs?: number;
  /** Rules not to run, by id, each with the reason, which is shown. */
  skip?: Readonly<Record<string, string>>;
}

export interface StorageTestOptions extends PluginTestOptions<"storage"> {
  /** The longest location that the store takes, in characters. Default 1000. */
  maxNameLength?: number;
}

export interface ComputeTestOptions extends PluginTestOptions<"compute"> {
  /** Parts of what a product asks of the engine. `projectDir` is the workspace unless given. */
  computeConfig?: Partial<ComputeConfig>;
  /** Valid configs with which no connection can be had: a missing file, a wrong password. */
  failingConfigs?: readonly ConfigSource[];
  /** Why the engine can't be written to in a test. */
  notWritable?: string;
}

type Made<T> = T | Promise<T>;

export interface IngestionTestOptions extends PluginTestOptions<"ingestion"> {
  /** What to load, and where to. Sources lie in the workspace, or on a server of the author's. */
  ingestion: (
    workspace: Workspace,
  ) => Made<Pick<IngestionConfig, "sources" | "destination"> & Partial<IngestionConfig>>;
  /** How many rows each source has, by name, in the order of the sources. */
  expectedRows: Readonly<Record<string, number>>;
  /** A source that fails while it is loaded: a truncated file, a bad row. */
  failingSource?: IngestionSource;
}

export interface DbtTestOptions extends PluginTestOptions<"dbt"> {
  /** A dbt project that works, with its profile. Copied or written into the workspace. */
  project: (workspace: Workspace) => Made<DbtProject>;
  /** What is in it: how many models and tests, and the name of a model. At least two models, none needing another. */
  expected: { models: number; tests: number; aModel: string };
  /** A project that can't be compiled. */
  brokenProject?: (workspace: Workspace) => Made<DbtProject>;
  /** A project that compiles, with a model that fails. */
  failingProject?: (workspace: Workspace) => Made<DbtProject>;
}

export interface DataQualityTestOptions extends PluginTestOptions<"data_quality"> {
  /** A connection to a database that holds the given table. Closed when the rule is done. */
  connect: (table: SampleTable, workspace: Workspace) => Made<DatabaseConnection>;
  /** The dialect of that connection. */
  dialect: string;
  /** Types of expectation that the framework can't check, each with the reason. */
  unsupported?: Partial<Readonly<Record<ExpectationType, string>>>;
}

export type OrchestratorTestOptions = PluginTestOptions<"orchestrator">;
export interface CatalogTestOptions extends PluginTestOptions<"catalog"> {
  /** Why a namespace can't have others in it. */
  flatNamespaces?: string;
  /**
   * Names of tables and namespaces, each one level, that aren't just letters. Default: with spaces, a dot,
   * quotes, signs of URLs, letters of any script. Fewer for a catalog that refuses some.
   */
  specialNames?: readonly string[];
}

export type SemanticLayerTestOptions = PluginTestOptions<"semantic_layer">;
export type TelemetryBackendTestOptions = PluginTestOptions<"telemetry_backend">;
export type LineageBackendTestOptions = PluginTestOptions<"lineage_backend">;

/** The options of each kind. */
export interface OptionsByKind {
  storage: StorageTestOptions;
  compute: ComputeTestOptions;
  orchestrator: OrchestratorTestOptions;
  catalog: CatalogTestOptions;
  semantic_layer: SemanticLayerTestOptions;
  ingestion: IngestionTestOptions;
  dbt: DbtTestOptions;
  data_quality: DataQualityTestOptions;
  telemetry_backend: TelemetryBackendTestOptions;
  lineage_backend: LineageBackendTestOptions;
}

/** A kind of plugin: all have standard tests. */
export type TestedKind = keyof OptionsByKind;
