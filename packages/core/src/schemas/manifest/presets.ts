import { z } from "zod";

const quantity = (example: string) =>
  z
    .union([z.string(), z.number().transform(String)])
    .pipe(
      z.string().regex(/^\d+(\.\d+)?(m|[kMGTPE]i?)?$/, `must be a Kubernetes quantity, such as "${example}"`),
    );

const cpu = quantity("500m");
const memory = quantity("512Mi");

const amounts = z.strictObject({
  cpu: cpu.describe("CPU, as a Kubernetes quantity."),
  memory: memory.describe("Memory, as a Kubernetes quantity."),
});

/**
 * Kubernetes resources of a size. `{cpu, memory}` alone stands for both requests and limits;
 * `{cpu_request, memory_request, cpu_limit, memory_limit}` is the Python floe's flat spelling.
 */
export const resourcePresetSchema = z.union([
  z.strictObject({
    requests: amounts.describe("What a pod is given at least."),
    limits: amounts.describe("What a pod gets at most."),
  }),
  amounts.transform((both) => ({ requests: both, limits: both })),
  z
    .strictObject({
      cpu_request: cpu.describe("CPU that a pod is given at least."),
      memory_request: memory.describe("Memory that a pod is given at least."),
      cpu_limit: cpu.describe("CPU that a pod gets at most."),
      memory_limit: memory.describe("Memory that a pod gets at most."),
    })
    .transform((flat) => ({
      requests: { cpu: flat.cpu_request, memory: flat.memory_request },
      limits: { cpu: flat.cpu_limit, memory: flat.memory_limit },
    })),
]);

export type ResourcePreset = z.output<typeof resourcePresetSchema>;
