import {
  type DatabaseConnection,
  type DbtManifest,
  type ExecuteChecksOptions,
  type Expectation,
  type JsonObject,
  judgeCoverage,
  type LineageEmitter,
  type PluginContext,
  type PluginImplementation,
  type QualityCheckResult,
  qualityScore,
  type ValidationResult,
  withAssertions,
} from "@floe/core";
import type { CustomQualityConfig } from "./config.ts";
import { executeChecks } from "./execute-checks.ts";

export class CustomQuality implements PluginImplementation<"data_quality"> {
  readonly #config: CustomQualityConfig;
  readonly #context: PluginContext;

  constructor(config: CustomQualityConfig, context: PluginContext) {
    this.#config = config;
    this.#context = context;
  }

  async validateConfig(configPath: string, dbtManifest: JsonObject): Promise<ValidationResult> {
    // Only here is YAML read, and loading what reads it takes a tenth of a short check.
    const { validateCheckFile } = await import("./check-file.ts");
    return validateCheckFile(
      configPath,
      dbtManifest as unknown as DbtManifest,
      this.#context.paths.projectDir,
    );
  }

  async validateQualityGates(
    manifest: JsonObject,
    requiredCoverage: Readonly<Record<string, number>>,
  ): Promise<ValidationResult> {
    return judgeCoverage(manifest as unknown as DbtManifest, requiredCoverage);
  }

  executeChecks(
    connection: DatabaseConnection,
    expectations: readonly Expectation[],
    options: ExecuteChecksOptions = {},
  ): Promise<QualityCheckResult> {
    return executeChecks(connection, expectations, options.sampleRows ?? this.#config.sample_rows);
  }

  calculateQualityScore(
    checkResults: readonly QualityCheckResult[],
    weights: Readonly<Record<string, number>>,
  ): number {
    return qualityScore(checkResults, weights);
  }

  getLineageEmitter(): LineageEmitter {
    const { package: name, version } = this.#context.plugin;
    const producer = `https://www.npmjs.com/package/${name}/v/${version}`;
    return { toInputDataset: (dataset, result) => withAssertions(dataset, result, producer) };
  }

  /** The SQL is written for DuckDB and tested there alone. */
  supportsSqlDialect(dialect: string): boolean {
    return dialect === "duckdb";
  }
}
