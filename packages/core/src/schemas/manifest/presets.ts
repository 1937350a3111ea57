import { z } from "zod";

const quantity = (example: string) =>
  z
    .union([z.string(), z.number().transform(String)])
    .pipe(
      z.string().regex(/^\d+(\.\d+)?(m|[kMGTPE]i?)?$/, `must be a Kubernetes quantity, such as "${example}"`),
    );

const amounts = z.strictObject({
  cpu: quantity("500m").describe("CPU, as a Kubernetes quantity."),
  memory: quantity("512Mi").describe("Memory, as a Kubernetes quantity."),
});

/** Kubernetes resources of a size. `{cpu, memory}` alone stands for both requests and limits. */
export const resourcePresetSchema = z.union([
  z.strictObject({
    requests: amounts.describe("What a pod is given at least."),
    limits: amounts.describe("What a pod gets at most."),
  }),
  amounts.transform((both) => ({ requests: both, limits: both })),
]);

export type ResourcePreset = z.output<typeof resourcePresetSchema>;
