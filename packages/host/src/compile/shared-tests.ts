import type { DbtNode } from "@floe/core";
import type { ProductJobs } from "../lineage/product-jobs.ts";

/**
 * dbt's tests that don't belong to one node alone, with the nodes and sources that each needs: where an
 * orchestrator divides the build, such a test runs when the last of these is there. Tests of one node run with it.
 */
export function sharedTests(jobs: ProductJobs): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.values(jobs.manifest.nodes)
      .filter((node) => node.resource_type === "test" && !belongsToOne(node, jobs))
      // What an ephemeral model reads stands in its place.
      .map((test) => [test.unique_id, jobs.inputsOf(test).map(({ unique_id }) => unique_id)]),
  );
}

function belongsToOne({ depends_on }: DbtNode, { manifest }: ProductJobs): boolean {
  const [only, ...others] = new Set(depends_on?.nodes);
  const node = only === undefined ? undefined : manifest.nodes[only];
  return node !== undefined && node.config?.materialized !== "ephemeral" && others.length === 0;
}
