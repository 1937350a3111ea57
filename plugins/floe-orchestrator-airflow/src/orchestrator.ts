import type {
  AssetDescription,
  CompiledArtifacts,
  ConnectionResult,
  Dataset,
  JsonObject,
  PluginContext,
  PluginImplementation,
  ResourceSpec,
  TransformConfig,
  WorkloadSize,
} from "@floe/core";
import {
  askService,
  describeAssets,
  JobLineage,
  type JobSchedule,
  loaderRequired,
  productPython,
  requirementsFile,
  requireSchedule,
  USUAL_RESOURCES,
} from "@floe/orchestration";
import type { AirflowConfig } from "./config.ts";
import { createDagFile, DAG_FILE } from "./dag-file.ts";
import { healthQuestion } from "./health.ts";
import { helmValues } from "./helm-values.ts";

/** Airflow 3. */
export class AirflowOrchestrator implements PluginImplementation<"orchestrator"> {
  readonly #config: AirflowConfig;
  readonly #context: PluginContext;
  readonly #lineage: JobLineage;
  /** Set by `scheduleJob`, by job. */
  readonly #schedules = new Map<string, JobSchedule>();

  constructor(config: AirflowConfig, context: PluginContext) {
    this.#config = config;
    this.#context = context;
    this.#lineage = new JobLineage(config.lineage, context);
  }

  createDefinitions(artifacts: CompiledArtifacts): never {
    return loaderRequired(artifacts, "Airflow", [
      `floe compile, which writes ${DAG_FILE} beside compiled_artifacts.json`,
      "Put the product's folder below Airflow's dags_folder.",
    ]);
  }

  generateLoader(artifacts: CompiledArtifacts): Readonly<Record<string, string>> {
    const { metadata } = artifacts;
    return {
      ...createDagFile(artifacts, this.#config, this.#schedules.get(metadata.product_name)),
      "deploy/airflow/requirements.txt": requirementsFile(artifacts, [
        "python -m venv tasks && tasks/bin/pip install -r requirements.txt",
        "and set python_path of the orchestrator in manifest.yaml to tasks/bin/python.",
      ]),
      ...productPython(artifacts),
    };
  }

  createAssetsFromTransforms(transforms: readonly TransformConfig[]): readonly AssetDescription[] {
    return describeAssets(transforms);
  }

  getHelmValues(): JsonObject {
    return helmValues();
  }

  validateConnection(): Promise<ConnectionResult> {
    return askService(this.#context, healthQuestion(this.#config.url));
  }

  getResourceRequirements(workloadSize: WorkloadSize): ResourceSpec {
    return structuredClone(USUAL_RESOURCES[workloadSize]);
  }

  emitLineageEvent(
    eventType: "START" | "COMPLETE" | "FAIL",
    job: string,
    inputs: readonly Dataset[],
    outputs: readonly Dataset[],
  ): Promise<void> {
    return this.#lineage.emit(eventType, job, inputs, outputs);
  }

  async scheduleJob(jobName: string, cron: string, timezone: string): Promise<void> {
    this.#schedules.set(jobName, requireSchedule(jobName, cron, timezone));
  }
}
