import type { CompiledArtifacts, CompiledArtifactsInput } from "@floe/core";
import { ARTIFACTS_VERSION, compiledArtifactsSchema } from "@floe/core/artifacts";

/** Valid artifacts of the product `shop` with three transforms. `changes` are other values of its keys. */
export function sampleArtifacts(changes: Partial<CompiledArtifactsInput> = {}): CompiledArtifacts {
  return compiledArtifactsSchema.parse({
    version: ARTIFACTS_VERSION,
    metadata: {
      compiled_at: "1970-01-01T00:00:00Z",
      floe_version: "1.0.0",
      source_hash: `sha256:${"0".repeat(64)}`,
      product_name: "shop",
      product_version: "1.0.0",
    },
    identity: { product_id: "default.shop", domain: "default", repository: "" },
    observability: {
      telemetry: {
        resource_attributes: {
          service_name: "shop",
          service_version: "1.0.0",
          deployment_environment: "dev",
          floe_namespace: "default",
          floe_product_name: "shop",
          floe_product_version: "1.0.0",
          floe_mode: "dev",
        },
      },
      lineage_namespace: "default",
    },
    plugins: {
      compute: { type: "duckdb", version: "1.0.0" },
      orchestrator: { type: "sample", version: "1.0.0" },
    },
    transforms: {
      default_compute: "duckdb",
      models: [
        { name: "gold_daily", compute: "duckdb", depends_on: ["silver_orders"], quality_tier: "gold" },
        { name: "silver_orders", compute: "duckdb", depends_on: ["bronze_orders"], quality_tier: "silver" },
        { name: "bronze_orders", compute: "duckdb", quality_tier: "bronze" },
      ],
    },
    ...changes,
  });
}
