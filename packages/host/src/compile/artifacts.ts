import { createHash } from "node:crypto";
import {
  type CompiledArtifacts,
  type CompiledArtifactsInput,
  type DbtManifest,
  FloeError,
  modelsOf,
  type QualityCheck,
  type QualityConfig,
  tierOf,
} from "@floe/core";
import { ARTIFACTS_VERSION, compiledArtifactsSchema } from "@floe/core/artifacts";
import { declaredRepository, productId } from "../claim/product-identity.ts";
import type { LineageNaming } from "../lineage/lineage-naming.ts";
import type { Product } from "../project/product.ts";
import type { ResolvedSelection } from "../project/selection.ts";
import { samplingOf, stageOf } from "../tracing/sampling.ts";
import { version as floeVersion } from "../version.ts";
import type { ModelExpectation } from "./expectations.ts";
import { extension } from "./extension.ts";
import { PLUGIN_KEYS, reference } from "./plugin-references.ts";

/** Without SOURCE_DATE_EPOCH: a time of its own would make every compile's bytes differ. */
const EPOCH = "1970-01-01T00:00:00Z";

const DIMENSIONS: Readonly<Record<string, QualityCheck["dimension"]>> = {
  not_null: "completeness",
  row_count_between: "completeness",
  unique: "consistency",
  relationships: "consistency",
  accepted_values: "validity",
  matches_regex: "validity",
  between: "validity",
  freshness: "timeliness",
};

export interface ArtifactInputs {
  product: Product;
  selected: readonly ResolvedSelection[];
  manifest: DbtManifest;
  expectations: readonly ModelExpectation[];
  lineage: LineageNaming;
  /** What enforcement found that doesn't stop the compile. */
  warnings: number;
  /** Rules that were asked, by kind. */
  checked: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * `compiled_artifacts.json`: the product, resolved against its platform. The Python floe's format, with what
 * only this floe knows below the key `floe`.
 *
 * @throws FloeError `ARTIFACTS.INVALID` where the result isn't valid by its own schema.
 */
export function createArtifacts(inputs: ArtifactInputs): {
  content: CompiledArtifactsInput;
  artifacts: CompiledArtifacts;
} {
  const { product, selected, manifest, lineage, warnings, checked, env } = inputs;
  const { spec, project, profiles } = product;
  const { name, version } = spec.metadata;
  const models = modelsOf(manifest);
  const stage = stageOf(project.environment);
  const level = product.manifest.governance?.policy_enforcement_level ?? "strict";
  const { tracing, lineage: emission } = product.manifest.observability ?? {};
  const artifacts: CompiledArtifactsInput = {
    version: ARTIFACTS_VERSION,
    metadata: {
      compiled_at: compiledAt(env),
      floe_version: floeVersion,
      source_hash: `sha256:${hashOfSources(product)}`,
      product_name: name,
      product_version: version,
    },
    identity: {
      product_id: productId(spec, product.manifest),
      domain: lineage.domain,
      // Not what git says: the same files must compile to the same bytes wherever they were cloned from.
      repository: declaredRepository(spec),
    },
    mode: project.configuration.mode,
    inheritance_chain: project.configuration.ancestors.map(({ manifest: above, file }) => ({
      name: above.metadata.name,
      version: above.metadata.version,
      scope: above.scope ?? "enterprise",
      ref: file,
    })),
    observability: {
      telemetry: {
        enabled: tracing?.enabled ?? true,
        ...(tracing?.endpoint === undefined
          ? {}
          : { otlp_endpoint: tracing.endpoint, otlp_protocol: "http" as const }),
        sampling: samplingOf(product.manifest),
        resource_attributes: {
          service_name: name,
          service_version: version,
          deployment_environment: stage,
          floe_namespace: lineage.jobNamespace,
          floe_product_name: name,
          floe_product_version: version,
          floe_mode: stage,
        },
        backend: selected.find(({ found }) => found.kind === "telemetry_backend")?.found.name ?? "console",
      },
      lineage: emission?.enabled ?? true,
      lineage_namespace: lineage.jobNamespace,
      ...(lineage.endpoint === undefined ? {} : { lineage_endpoint: lineage.endpoint }),
      lineage_transport: lineage.endpoint === undefined ? "noop" : "http",
    },
    plugins: resolvedPlugins(selected),
    ingestion_outputs: ingestionOutputs(product),
    transforms:
      models.length === 0
        ? undefined
        : {
            default_compute: product.compute.name,
            models: models.map((model) => resolvedModel(model, inputs)),
          },
    dbt_profiles: { ...profiles },
    ...(product.manifest.governance === undefined ? {} : { governance: governanceOf(product) }),
    enforcement_result: {
      passed: true,
      error_count: 0,
      warning_count: warnings,
      policy_types_checked: [...checked],
      models_validated: models.length,
      enforcement_level: level,
    },
    ...qualityConfig(product.manifest.plugins.data_quality),
    floe: extension(inputs),
  };
  const parsed = compiledArtifactsSchema.safeParse(artifacts);
  if (parsed.success) return { content: artifacts, artifacts: parsed.data };
  const [issue] = parsed.error.issues;
  throw new FloeError("ARTIFACTS.INVALID", "The compiled product isn't valid.", {
    why: `${issue?.path.join(".")}: ${issue?.message}`,
    next: ["Correct what the path names in floe.yaml or manifest.yaml."],
  });
}

/** dev, staging and prod are the format's own; every other environment counts as development. */
/** @see https://reproducible-builds.org/specs/source-date-epoch/ */
function compiledAt({ SOURCE_DATE_EPOCH: seconds }: ArtifactInputs["env"]): string {
  const time = seconds === undefined ? Number.NaN : Number(seconds) * 1000;
  return Number.isFinite(time) ? new Date(time).toISOString() : EPOCH;
}

function hashOfSources({ spec, manifest }: Product): string {
  return createHash("sha256")
    .update(JSON.stringify([spec, manifest]))
    .digest("hex");
}

function resolvedPlugins(selected: readonly ResolvedSelection[]): CompiledArtifactsInput["plugins"] {
  const references = Object.fromEntries(
    Object.entries(PLUGIN_KEYS).flatMap(([kind, key]) => {
      const one = selected.find(({ found }) => found.kind === kind);
      return one === undefined ? [] : [[key, reference(one)]];
    }),
  );
  // The format requires an orchestrator; a product that only runs by `floe run` has none.
  const none = { type: "none", version: "0.0.0" };
  return { orchestrator: none, ...references } as CompiledArtifactsInput["plugins"];
}

function ingestionOutputs({ spec }: Product): CompiledArtifactsInput["ingestion_outputs"] {
  return (spec.ingestion?.sources ?? []).flatMap((source) => {
    // The format knows files only; REST sources stand below `floe`.
    if (source.sourceType !== "filesystem") return [];
    return [
      {
        source_name: source.name,
        source_type: source.sourceType,
        logical_table: source.destinationTable,
        physical_table: source.destinationTable,
        file_format: source.format,
        source_path: source.path,
        write_mode: source.writeMode,
        schema_contract: source.schemaContract,
        ...(source.primaryKey === undefined ? {} : { primary_key: source.primaryKey }),
        ...(source.cursorField === undefined ? {} : { cursor_field: source.cursorField }),
      },
    ];
  });
}

type Model = ReturnType<typeof modelsOf>[number];

function resolvedModel(model: Model, { product, manifest }: ArtifactInputs) {
  const transform = product.spec.transforms?.find(({ name }) => name === model.name);
  const tags = [...new Set([...(model.tags ?? []), ...(transform?.tags ?? [])])];
  const above = (model.depends_on?.nodes ?? []).flatMap((id) => manifest.nodes[id]?.name ?? []);
  const dependsOn = [...new Set([...above, ...(transform?.dependsOn ?? [])])];
  const tier = tierOf(model);
  const checks = (transform?.qualityChecks ?? []).map(({ class: _class, ...check }) => ({
    ...check,
    dimension: check.dimension ?? DIMENSIONS[check.type] ?? "accuracy",
  }));
  return {
    name: model.name,
    compute: transform?.compute ?? product.compute.name,
    ...(tags.length === 0 ? {} : { tags }),
    ...(dependsOn.length === 0 ? {} : { depends_on: dependsOn }),
    ...(checks.length === 0 ? {} : { quality_checks: checks }),
    ...(tier === undefined ? {} : { quality_tier: tier }),
  };
}

function governanceOf({ manifest }: Product): CompiledArtifactsInput["governance"] {
  const { governance = { custom_rules: [], policy_overrides: [] } } = manifest;
  const keys = [
    "pii_encryption",
    "audit_logging",
    "policy_enforcement_level",
    "data_retention_days",
    "default_ttl_hours",
    "snapshot_keep_last",
    "stale_table_recovery_mode",
  ] as const;
  return Object.fromEntries(
    keys.flatMap((key) => (governance[key] === undefined ? [] : [[key, governance[key]]])),
  );
}

function qualityConfig(quality: QualityConfig | undefined): Pick<CompiledArtifactsInput, "quality_config"> {
  if (quality === undefined) return {};
  const { type, quality_gates, dimension_weights, calculation, thresholds } = quality;
  return {
    quality_config: {
      provider: type,
      ...(quality_gates === undefined ? {} : { quality_gates }),
      ...(dimension_weights === undefined ? {} : { dimension_weights }),
      ...(calculation === undefined ? {} : { calculation }),
      ...(thresholds === undefined ? {} : { thresholds }),
      ...(quality.check_timeout_seconds === undefined
        ? {}
        : { check_timeout_seconds: quality.check_timeout_seconds }),
      ...(quality.enabled === undefined ? {} : { enabled: quality.enabled }),
    },
  };
}
