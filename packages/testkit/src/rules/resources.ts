import { strict as assert } from "node:assert";
import type { ResourceSpec, WorkloadSize } from "@floe/core";
import { parseQuantity } from "./quantity.ts";

const SIZES: readonly WorkloadSize[] = ["small", "medium", "large"];

/** Fails unless requirements are Kubernetes', no limit is below its request, and they grow with the size. */
export function assertResourcesGrow(requirements: (size: WorkloadSize) => ResourceSpec): void {
  let smaller: Record<string, number> | undefined;
  for (const size of SIZES) {
    const spec = requirements(size);
    const amounts: Record<string, number> = {};
    for (const part of ["requests", "limits"] as const) {
      for (const resource of ["cpu", "memory"] as const) {
        const quantity = spec[part]?.[resource];
        const amount = parseQuantity(quantity);
        const what = `${part}.${resource} of "${size}"`;
        assert(
          amount !== undefined,
          `${what} isn't a Kubernetes quantity such as "500m" or "4Gi": ${quantity}.`,
        );
        assert(amount > 0, `${what} is nothing.`);
        assert(
          amount >= (smaller?.[`${part}.${resource}`] ?? 0),
          `${what} is less than that of the size before.`,
        );
        amounts[`${part}.${resource}`] = amount;
      }
    }
    for (const resource of ["cpu", "memory"]) {
      const [request, limit] = [amounts[`requests.${resource}`] ?? 0, amounts[`limits.${resource}`] ?? 0];
      assert(limit >= request, `limits.${resource} of "${size}" is below its request.`);
    }
    const before = smaller;
    const grows =
      before === undefined || Object.keys(amounts).some((key) => (amounts[key] ?? 0) > (before[key] ?? 0));
    assert(grows, `"${size}" asks for no more than the size before.`);
    smaller = amounts;
  }
}
