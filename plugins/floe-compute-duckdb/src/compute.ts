import type {
  CatalogConfig,
  ComputeConfig,
  ConnectionResult,
  ConnectOptions,
  DatabaseConnection,
  DbtProfileOutput,
  PluginContext,
  PluginImplementation,
  ResourceSpec,
  WorkloadSize,
} from "@floe/core";
import { catalogAttachment } from "./catalog-attachment.ts";
import type { DuckDbConfig } from "./config.ts";
import { openDatabase } from "./connection.ts";
import { databaseFile } from "./database-file.ts";
import { dbtProfile } from "./dbt-profile.ts";
import { resourcePreset } from "./resources.ts";
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
    return dbtProfile(this.#config, config, (reference) =>
      this.#context.secrets.environmentVariable(reference),
    );
  }

  /** The adapter, and the DuckDB that reads the same files as the one in this process. */
  getRequiredDbtPackages(): string[] {
    return ["dbt-duckdb==1.11.1", "duckdb==1.5.5"];
  }

  validateConnection(config: ComputeConfig): Promise<ConnectionResult> {
    return checkConnection(databaseFile(this.#config, config));
  }

  getResourceRequirements(workloadSize: WorkloadSize): ResourceSpec {
    return resourcePreset(workloadSize, this.#config);
  }

  getCatalogAttachmentSql(catalogConfig: CatalogConfig): string[] {
    return catalogAttachment(catalogConfig, (reference) =>
      this.#context.secrets.environmentVariable(reference),
    );
  }

  connect(config: ComputeConfig, { readOnly = true }: ConnectOptions = {}): Promise<DatabaseConnection> {
    return openDatabase(
      databaseFile(this.#config, config),
      this.#config,
      readOnly,
      this.generateDbtProfile(config),
    );
  }
}
