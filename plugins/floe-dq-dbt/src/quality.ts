import {
  type DatabaseConnection,
  type DbtManifest,
  type DbtRunResults,
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
import { executeChecks, supportsDialect } from "./checks/execute-checks.ts";
import { readResults } from "./dbt-results/read-results.ts";
import { validateSchemaFile } from "./schema-file/validate-schema-file.ts";

export class DbtQuality implements PluginImplementation<"data_quality"> {
  readonly calculateQualityScore = qualityScore;
  readonly supportsSqlDialect = supportsDialect;
  readonly #context: PluginContext;

  constructor(context: PluginContext) {
    this.#context = context;
  }

  validateConfig(configPath: string, dbtManifest: JsonObject): Promise<ValidationResult> {
    return validateSchemaFile(configPath, this.#context.paths.projectDir, manifestOf(dbtManifest));
  }

  async validateQualityGates(
    manifest: JsonObject,
    requiredCoverage: Readonly<Record<string, number>>,
  ): Promise<ValidationResult> {
    return judgeCoverage(manifestOf(manifest), requiredCoverage);
  }

  readDbtResults(manifest: JsonObject, runResults: JsonObject): QualityCheckResult {
    return readResults(manifestOf(manifest), runResults as unknown as DbtRunResults);
  }

  executeChecks(
    connection: DatabaseConnection,
    expectations: readonly Expectation[],
    options?: ExecuteChecksOptions,
  ): Promise<QualityCheckResult> {
    return executeChecks(connection, expectations, options);
  }

  getLineageEmitter(): LineageEmitter {
    const { package: name, version } = this.#context.plugin;
    return {
      toInputDataset: (dataset, result) =>
        withAssertions(dataset, result, `https://www.npmjs.com/package/${name}/v/${version}`),
    };
  }
}

function manifestOf(manifest: JsonObject): DbtManifest {
  return manifest as unknown as DbtManifest;
}
