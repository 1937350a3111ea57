import type { JsonObject } from "@floe/core";
import { USUAL_RESOURCES } from "@floe/orchestration";
import type { DagsterConfig } from "./config.ts";

const PORT = 3030;

/**
 * Values for Dagster's official chart: webserver, daemon, and one code location that serves a product's
 * `definitions.py`. Runs get pods of their own.
 *
 * @see https://github.com/dagster-io/dagster `helm/dagster/values.yaml`
 */
export function helmValues({ workload_size: size, image, retries }: DagsterConfig): JsonObject {
  const resources = () => structuredClone(USUAL_RESOURCES[size]) as unknown as JsonObject;
  return {
    dagsterWebserver: { replicaCount: 1, resources: resources() },
    dagsterDaemon: {
      enabled: true,
      resources: resources(),
      runMonitoring: { enabled: true },
      runRetries: { enabled: retries > 0 },
    },
    runLauncher: { type: "K8sRunLauncher" },
    "dagster-user-deployments": {
      enabled: true,
      deployments: [
        {
          name: "floe",
          image: {
            repository: image?.repository ?? "floe-product",
            tag: image?.tag ?? "latest",
            pullPolicy: "IfNotPresent",
          },
          dagsterApiGrpcArgs: ["--python-file", "/product/definitions.py"],
          port: PORT,
          // Runs get the pod settings of the location that they come from.
          includeConfigInLaunchedRuns: { enabled: true },
          resources: resources(),
        },
      ],
    },
  };
}
