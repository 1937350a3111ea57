import { mkdir } from "node:fs/promises";
import {
  type CatalogConfig,
  type ComputeConfig,
  type ConnectionResult,
  type ConnectOptions,
  type DatabaseConnection,
  type DatasetName,
  type DbtProfileOutput,
  duckdbDataset,
  type ErrorCode,
  icebergDataset,
  type MaintenancePolicy,
  type PluginContext,
  type PluginImplementation,
  type ResourceSpec,
  type SecretReference,
  type TableMaintenance,
  type TableParts,
  type WorkloadSize,
} from "@floe/core";
import { attachSql, catalogAttachment, createSecretSql } from "./catalog-attachment.ts";
import type { DuckDbConfig } from "./config.ts";
import { configuredPath, databaseFile, isWithin, localFolder } from "./database-file.ts";
import { dbtMacros } from "./dbt-macros.ts";
import { dbtProfile } from "./dbt-profile.ts";
import { failureCode } from "./duckdb-error.ts";
import { installExtensions } from "./install-extensions.ts";
import { maintainTables, tablesWithDeletes } from "./maintenance.ts";
import { type OpenOptions, openDatabase } from "./open-database.ts";
import { resourcePreset } from "./resources.ts";
import { environmentReference } from "./sql-text.ts";
import { checkConnection } from "./validate-connection.ts";

export class DuckDbCompute implements PluginImplementation<"compute"> {
  readonly isSelfHosted = true;
  readonly #config: DuckDbConfig;
  readonly #context: PluginContext;

  constructor(config: DuckDbConfig, context: PluginContext) {
    this.#config = config;
    this.#context = context;
  }

  generateDbtProfile(config: ComputeConfig): DbtProfileOutput {
    return dbtProfile(this.#config, config, (reference) => this.#variable(reference));
  }

  /** The path as it stands in the profile, as OpenLineage's dbt integration has it; a catalog's table by that. */
  getDatasetName(config: ComputeConfig, table: TableParts): DatasetName {
    const { catalog } = config;
    if (catalog !== undefined && table.database.toLowerCase() === catalog.name.toLowerCase()) {
      return icebergDataset(catalog.uri, table);
    }
    return duckdbDataset(configuredPath(this.#config, config), table);
  }

  /** The adapter, and the DuckDB that reads the same files as the one in this process. */
  getRequiredDbtPackages(): string[] {
    return ["dbt-duckdb==1.11.1", "duckdb==1.5.5"];
  }

  validateConnection(config: ComputeConfig): Promise<ConnectionResult> {
    return checkConnection(this.#config, this.#openOptions(config, true));
  }

  getResourceRequirements(workloadSize: WorkloadSize): ResourceSpec {
    return resourcePreset(workloadSize, this.#config);
  }

  getCatalogAttachmentSql(catalogConfig: CatalogConfig): string[] {
    const attachment = catalogAttachment(catalogConfig, this.#config.catalog_options);
    const { extensions, secret } = attachment;
    // The placeholder's own quotes are the template's, not SQL's: they aren't doubled.
    const placeholder = (reference: SecretReference): string =>
      `'${environmentReference(this.#variable(reference))}'`;
    return [
      ...extensions.map((extension) => `INSTALL ${extension}`),
      ...extensions.map((extension) => `LOAD ${extension}`),
      ...(secret === undefined ? [] : [createSecretSql(secret, placeholder)]),
      attachSql(catalogConfig, attachment, false),
    ];
  }

  connect(config: ComputeConfig, { readOnly = true }: ConnectOptions = {}): Promise<DatabaseConnection> {
    return openDatabase(this.#config, this.#openOptions(config, readOnly));
  }

  async prepare({ projectDir, catalog, warehouseUri = "" }: ComputeConfig): Promise<void> {
    const folder = catalog === undefined ? localFolder(warehouseUri) : undefined;
    // DuckDB writes files, and makes no folders for them.
    if (folder !== undefined && isWithin(projectDir, folder)) await mkdir(folder, { recursive: true });
    await installExtensions(this.#config, projectDir);
  }

  async getDbtMacros({ catalog }: ComputeConfig): Promise<Record<string, string>> {
    if (catalog === undefined) return {};
    return dbtMacros(this.#context.plugin.packageDir, this.#config, catalog);
  }

  getFailureCode(message: string): ErrorCode | undefined {
    return failureCode(message);
  }

  /** By itself only what has many deletes on it: a look costs some milliseconds a table, PyIceberg seconds. */
  async maintainTables(
    config: ComputeConfig,
    tables: readonly Omit<TableParts, "database">[],
    policy: MaintenancePolicy,
  ): Promise<TableMaintenance[]> {
    const { catalog } = config;
    const after = this.#config.maintain_after;
    if (catalog === undefined || tables.length === 0 || (policy.automatic && after === 0)) return [];
    if (!policy.automatic) return maintainTables(this.#context, { ...config, catalog }, tables, policy);
    const connection = await this.connect(config);
    let due: readonly Omit<TableParts, "database">[];
    try {
      due = await tablesWithDeletes(connection, catalog, tables, after);
    } finally {
      await connection.close();
    }
    return due.length === 0 ? [] : maintainTables(this.#context, { ...config, catalog }, due, policy);
  }

  #openOptions(config: ComputeConfig, readOnly: boolean): OpenOptions {
    const { projectDir, catalog, storageProfile } = config;
    return {
      file: databaseFile(this.#config, config),
      projectDir,
      readOnly,
      profile: this.generateDbtProfile(config),
      limits: {
        seconds: config.timeoutSeconds ?? this.#config.timeout_seconds,
        signal: () => this.#context.signal,
      },
      resolve: (reference) => this.#context.secrets.resolve(reference),
      ...(storageProfile === undefined ? {} : { storage: storageProfile }),
      ...(catalog === undefined ? {} : { catalog }),
    };
  }

  #variable(reference: SecretReference): string {
    return this.#context.secrets.environmentVariable(reference);
  }
}
