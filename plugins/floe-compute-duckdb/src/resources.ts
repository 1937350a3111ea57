import type { ResourceSpec, WorkloadSize } from "@floe/core";
import type { DuckDbConfig } from "./config.ts";

/** DuckDB wants about 2 GB for each thread that joins or aggregates, and spills to disk below that. */
const PRESETS: Readonly<Record<WorkloadSize, ResourceSpec>> = {
  small: { requests: { cpu: "500m", memory: "1Gi" }, limits: { cpu: "1", memory: "2Gi" } },
  medium: { requests: { cpu: "2", memory: "4Gi" }, limits: { cpu: "4", memory: "8Gi" } },
  large: { requests: { cpu: "4", memory: "16Gi" }, limits: { cpu: "8", memory: "32Gi" } },
};

export function resourcePreset(size: WorkloadSize, { resources }: DuckDbConfig): ResourceSpec {
  return structuredClone(resources[size] ?? PRESETS[size]);
}
