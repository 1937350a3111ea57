import type { ResourceSpec, WorkloadSize } from "@floe/core";

/** Of an orchestrator's own processes: they wait for the engine most of the time. */
export const USUAL_RESOURCES: Readonly<Record<WorkloadSize, ResourceSpec>> = {
  small: { requests: { cpu: "250m", memory: "512Mi" }, limits: { cpu: "1", memory: "1Gi" } },
  medium: { requests: { cpu: "500m", memory: "1Gi" }, limits: { cpu: "2", memory: "2Gi" } },
  large: { requests: { cpu: "1", memory: "2Gi" }, limits: { cpu: "4", memory: "4Gi" } },
};
