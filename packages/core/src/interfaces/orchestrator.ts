import type { Dataset } from "../lineage/events.ts";
import type { CompiledArtifacts } from "../schemas/compiled-artifacts/index.ts";
import type { TransformConfig } from "../schemas/floe-spec/index.ts";
import type { ConnectionResult, JsonObject, Plugin, ResourceSpec, WorkloadSize } from "./plugin.ts";

/** An orchestration platform. Entry points: `floe.orchestrators`. REQ-021 to REQ-030. */
export interface OrchestratorPlugin extends Plugin {
  /**
   * Validates compiled artifacts, then says what must load them: real definitions are Python objects that
   * exist only inside the orchestrator, where one product directory holds `compiled_artifacts.json`,
   * `target/manifest.json` and the dbt profile and project.
   *
   * For Dagster: the generated `definitions.py`, or `load_product_definitions(product_name, project_dir)`.
   * For Airflow: the generated DAG file.
   *
   * @throws FloeError `ARTIFACTS.INVALID`, `ARTIFACTS.VERSION`; and for valid artifacts
   * `ORCHESTRATOR.LOADER_REQUIRED`, whose `next` names the loader. It never returns.
   */
  createDefinitions(artifacts: CompiledArtifacts): never;

  /**
   * The generated files through which the orchestrator loads a product: thin, reading
   * `compiled_artifacts.json` beside them and importing nothing heavy. Path relative to the product's
   * folder, then content. Pure. The counterpart, on our side of the language border, of what
   * `create_definitions` returns in Python.
   */
  generateLoader(artifacts: CompiledArtifacts): Readonly<Record<string, string>>;

  /**
   * The orchestrator's assets (Dagster) or tasks (Airflow) for dbt transforms, as descriptions that the
   * Python loader turns into the real ones: functions can't cross languages. In dependency order.
   *
   * @throws FloeError `CONFIG.CYCLE`, `CONFIG.REFERENCE`.
   */
  createAssetsFromTransforms(transforms: readonly TransformConfig[]): readonly AssetDescription[];

  /** Values for the orchestrator's official chart, with resource requests and limits. Pure. */
  getHelmValues(): JsonObject;

  /** Whether the orchestrator's service answers. Limit 10 s. Never throws for what a user can get wrong. */
  validateConnection(): Promise<ConnectionResult>;

  /** Resources for the orchestrator's own workloads. Grows with the size. */
  getResourceRequirements(workloadSize: WorkloadSize): ResourceSpec;

  /**
   * Sends one OpenLineage event for a job of the orchestrator.
   *
   * @param job Job name: `dbt_run`.
   */
  emitLineageEvent(
    eventType: "START" | "COMPLETE" | "FAIL",
    job: string,
    inputs: readonly Dataset[],
    outputs: readonly Dataset[],
  ): Promise<void>;

  /**
   * Sets the recurring schedule of a job in the loaders that this instance generates from then on, in place of the
   * product's own: for programs that hold the plugin. The schedule that lasts is `schedule` of `floe.yaml`.
   *
   * @param cron Five fields: `0 8 * * *`. @param timezone IANA: `America/New_York`.
   * @throws FloeError `CONFIG.INVALID_VALUE` for a cron or timezone that doesn't exist.
   */
  scheduleJob(jobName: string, cron: string, timezone: string): Promise<void>;
}

export interface AssetDescription {
  /** Asset key or task id: the transform's name. */
  key: string;
  dependsOn: readonly string[];
  /** Asset group or task group: the tier, where there is one. */
  group?: "bronze" | "silver" | "gold";
  tags: readonly string[];
  compute?: string;
}
