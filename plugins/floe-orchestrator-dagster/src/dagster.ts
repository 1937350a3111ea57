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
  requireSchedule,
  USUAL_RESOURCES,
} from "@floe/orchestration";
import type { DagsterConfig } from "./config.ts";
import { helmValues } from "./helm-values.ts";
import { loaderFiles } from "./loader-files.ts";

export class Dagster implements PluginImplementation<"orchestrator"> {
  readonly #config: DagsterConfig;
  readonly #context: PluginContext;
  readonly #lineage: JobLineage;
  readonly #schedules = new Map<string, JobSchedule>();

  constructor(config: DagsterConfig, context: PluginContext) {
    this.#config = config;
    this.#context = context;
    this.#lineage = new JobLineage(config.lineage, context);
  }

  createDefinitions(artifacts: CompiledArtifacts): never {
    return loaderRequired(artifacts, "Dagster", [
      "Load the generated definitions.py: dagster dev -f definitions.py",
      'In Python: load_product_definitions("<product>", project_dir) of floe_orchestrator_dagster',
    ]);
  }

  generateLoader(artifacts: CompiledArtifacts): Readonly<Record<string, string>> {
    return loaderFiles(artifacts, this.#schedules);
  }

  createAssetsFromTransforms(transforms: readonly TransformConfig[]): readonly AssetDescription[] {
    return describeAssets(transforms);
  }

  getHelmValues(): JsonObject {
    return helmValues(this.#config);
  }

  validateConnection(): Promise<ConnectionResult> {
    return askService(this.#context, {
      service: "Dagster",
      url: this.#config.url,
      path: "graphql",
      init: {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query: "{ version }" }),
      },
      judge: (body) => {
        const { version } = (body as { data?: { version?: unknown } } | undefined)?.data ?? {};
        return typeof version === "string" ? { version } : undefined;
      },
    });
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
