import type { ErrorCode } from "../errors/codes.ts";
import type { DatasetName, TableParts } from "../lineage/naming.ts";
import type { CatalogConfig } from "./catalog.ts";
import type { DatabaseConnection, DbtProfileOutput } from "./database-connection.ts";
import type { ConnectionResult, JsonObject, Plugin, ResourceSpec, WorkloadSize } from "./plugin.ts";

/** A compute engine, where dbt's transforms execute. Entry points: `floe.computes`. */
export interface ComputePlugin extends Plugin {
  /** Whether the company runs the engine itself (DuckDB, Spark), so that it needs pods and volumes. */
  readonly isSelfHosted: boolean;

  /**
   * One output of dbt's `profiles.yml`: the mapping below `outputs.<target>`, with `type` in it.
   * Holds no secret: credentials appear as `{{ env_var('NAME') }}`.
   */
  generateDbtProfile(config: ComputeConfig): DbtProfileOutput;

  /**
   * The name of a table in lineage, by OpenLineage's naming for the engine. Pure. Not in the specification,
   * where lineage comes from dbt's wrapper, which knows each engine itself.
   */
  getDatasetName(config: ComputeConfig, table: TableParts): DatasetName;

  /**
   * What dbt needs to talk to the engine: pip requirements pinned with `==`, the adapter first
   * (`dbt-duckdb==1.11.1`). Never empty.
   */
  getRequiredDbtPackages(): readonly string[];

  /**
   * Connects, asks the engine for its version, disconnects. Limit 10 s. Never throws for what a user can
   * get wrong: an unreachable server, a refused credential and a locked file are all `success: false`.
   */
  validateConnection(config: ComputeConfig): Promise<ConnectionResult>;

  /** Resources for the pods that run dbt against this engine. Grows with the size. */
  getResourceRequirements(workloadSize: WorkloadSize): ResourceSpec;

  /**
   * SQL that attaches the engine to an Iceberg catalog, to be run in order on a new connection; or null
   * (the default) where the engine is configured otherwise, as Spark and Snowflake are.
   *
   * For DuckDB: INSTALL/LOAD, CREATE SECRET and ATTACH statements for an Iceberg REST catalog. Secrets
   * stand as `{{ env_var('NAME') }}`, for the statements go into generated files.
   */
  getCatalogAttachmentSql(catalogConfig: CatalogConfig): readonly string[] | null;

  /**
   * A connection for SQL from the host itself: quality checks, row counts, schemas. Not in the
   * specification, which hands Python connection objects around; an object can't cross languages, so the
   * engine lends its own client instead, and {@link DatabaseConnection.profile} tells a Python process how
   * to open its own.
   *
   * @throws FloeError `CONNECTION.*`, `COMPUTE.LOCKED`.
   */
  connect(config: ComputeConfig, options?: ConnectOptions): Promise<DatabaseConnection>;

  /**
   * Puts in place what this machine needs before dbt or floe uses the engine, such as extension files. Costs
   * next to nothing where it is there already. Absent: nothing is needed.
   */
  prepare?(config: ComputeConfig): Promise<void>;

  /**
   * Macros that dbt needs for the engine as it is configured here, by file name (`tables.sql`). The host keeps
   * them in a folder of their own in the dbt project, where every dbt finds them, also an orchestrator's: dbt
   * lets only the project itself override how models are materialized. Macros must have names that no project
   * has, or be overrides that a project has no reason for. Absent or empty: none.
   */
  getDbtMacros?(config: ComputeConfig): Promise<Readonly<Record<string, string>>>;

  /**
   * What the failure of one of dbt's nodes is, by the engine's words in it, where that is more than a statement
   * that failed; else undefined. After `CATALOG.CONFLICT` (another writer committed first, nothing of the node's
   * was kept) the host builds the node again. Pure.
   */
  getFailureCode?(message: string): ErrorCode | undefined;

  /**
   * Keeps Iceberg tables of the catalog fit to be read: rewrites what rebuilds and deletes left in pieces,
   * expires snapshots, and removes the files that only those had. Tables keep their rows, and their identity.
   * What another writer commits meanwhile is never lost: the table is then left as it is, with `conflict`.
   * Absent: the engine has no means for it.
   *
   * @param tables In parts: schema and table.
   * @throws FloeError `CONNECTION.*`, `CATALOG.*`, if nothing could be looked at.
   */
  maintainTables?(
    config: ComputeConfig,
    tables: readonly Omit<TableParts, "database">[],
    policy: MaintenancePolicy,
  ): Promise<readonly TableMaintenance[]>;
}

/** What of a table is kept, and when it is rewritten. */
export interface MaintenancePolicy {
  /** Newest snapshots that stay, however old. At least 1. */
  keepSnapshots: number;
  /** Older snapshots than this go, in hours; what stands in `keepSnapshots` stays in any case. */
  maxSnapshotAgeHours: number;
  /**
   * At the end of a run: only what is worth it by the engine's own configuration. Otherwise a user asks, and
   * every table is brought to its best.
   */
  automatic: boolean;
}

/** What maintenance did to one table. */
export interface TableMaintenance {
  schema: string;
  table: string;
  /** `skipped`: nothing was to be done. `conflict`: another writer came first; the next time does it. */
  status: "done" | "skipped" | "conflict" | "failed";
  /** Data files before and after. */
  dataFiles: readonly [before: number, after: number];
  /** Delete files (or deletion vectors) before and after. */
  deleteFiles: readonly [before: number, after: number];
  expiredSnapshots: number;
  /** Files removed from the store. */
  removedFiles: number;
  /** Why it failed or was left; absent where it is done. */
  message?: string;
}

/** What one product asks of the engine. The engine's own configuration is the plugin's config. */
export interface ComputeConfig {
  /** The product's name: `orders-360`. */
  productName: string;
  /** The dbt target, which is the environment: `dev`. */
  target: string;
  /** The product's folder; relative paths of the plugin's config start here. Absolute. */
  projectDir: string;
  /** Schema (dbt's word) that models go to, where a model doesn't say. Default: the engine's own. */
  schema?: string;
  /** Parallel dbt threads. Default: the engine's own (DuckDB 4). */
  threads?: number;
  /** Limit on one statement in seconds. Default: 3600. */
  timeoutSeconds?: number;
  /** What the storage plugin's `getDbtProfileConfig()` gave, to be merged in; absent without storage. */
  storageProfile?: JsonObject;
  /**
   * How a Python process opens the storage: `getPyicebergProperties()` and `getPyicebergSecrets()` of its plugin,
   * with `env_var()` in place of secrets; absent without storage.
   */
  storageProperties?: Readonly<Record<string, string>>;
  /** The storage plugin's warehouse, for what dbt writes as files; absent without storage. */
  warehouseUri?: string;
  /** The Iceberg catalog that tables go to; absent without one. */
  catalog?: CatalogConfig;
}

export interface ConnectOptions {
  /** Refuse writes. Default true: what the host opens, it opens to look. */
  readOnly?: boolean;
}
