import type {
  AssetDescription,
  Dataset,
  PluginContext,
  ResourceSpec,
  TransformConfig,
  WorkloadSize,
} from "@floe/core";
import { describeAssets } from "./assets.ts";
import type { OrchestratorConfig } from "./config.ts";
import { JobLineage } from "./job-lineage.ts";
import { USUAL_RESOURCES } from "./resources.ts";
import { type JobSchedule, requireSchedule } from "./schedule.ts";

/** The members of `OrchestratorPlugin` that mean the same whichever orchestrator it is. */
export abstract class Orchestrator<Config extends OrchestratorConfig> {
  protected readonly config: Config;
  protected readonly context: PluginContext;
  /** Set by `scheduleJob`, by job. */
  protected readonly schedules: Map<string, JobSchedule> = new Map();
  readonly #lineage: JobLineage;

  constructor(config: Config, context: PluginContext) {
    this.config = config;
    this.context = context;
    this.#lineage = new JobLineage(config.lineage, context);
  }

  createAssetsFromTransforms(transforms: readonly TransformConfig[]): readonly AssetDescription[] {
    return describeAssets(transforms);
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
    this.schedules.set(jobName, requireSchedule(jobName, cron, timezone));
  }
}
