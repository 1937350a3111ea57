import type { JsonObject, ResourceSpec } from "@floe/core";
import { USUAL_RESOURCES } from "@floe/orchestration";

/** Tasks run dbt and ingestion in their worker's pod, and wait for the engine most of the time. */
const WORKER: ResourceSpec = {
  requests: { cpu: "500m", memory: "1Gi" },
  limits: { cpu: "2", memory: "4Gi" },
};

/**
 * Values for Airflow's official chart: a pod for each task, without what only Celery needs.
 *
 * `workers.resources` and not `workers.kubernetes.resources`: the chart's releases from 1.18 on know it.
 *
 * @see https://github.com/apache/airflow `chart/values.schema.json`
 */
export function helmValues(): JsonObject {
  const { small, medium } = USUAL_RESOURCES;
  return {
    executor: "KubernetesExecutor",
    scheduler: { resources: resources(medium) },
    dagProcessor: { enabled: true, resources: resources(small) },
    apiServer: { resources: resources(medium) },
    triggerer: { enabled: false },
    workers: { resources: resources(WORKER) },
    // A task's pod may be on any node; the chart's own choice is a volume for one.
    dags: { persistence: { enabled: true, accessMode: "ReadWriteMany" } },
    config: { core: { load_examples: "False" } },
  };
}

function resources({ requests, limits }: ResourceSpec): JsonObject {
  return { requests: { ...requests }, limits: { ...limits } };
}
