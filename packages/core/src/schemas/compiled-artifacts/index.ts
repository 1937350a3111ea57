import { z } from "zod";
import { rule } from "../rule.ts";
import { reportInlineSecrets } from "../secret-free.ts";
import { deploymentSchema } from "./deployment.ts";
import { observabilityConfigSchema } from "./observability.ts";

/** The version of the format that floe writes: that of the Python floe's released wheels. */
export const ARTIFACTS_VERSION = "0.16.0";

const text = z.string().min(1);
const semantic = z.string().regex(/^\d+\.\d+\.\d+$/);
const tier = z.enum(["bronze", "silver", "gold"]);
const values = z.record(z.string(), z.unknown());
const percent = z.number().min(0).max(100);

const pluginRef = z
  .strictObject({ type: text, version: semantic, config: values.nullish() })
  .check(rule((value, report) => reportInlineSecrets(value.config, report, ["config"])));

const pluginsSchema = z.strictObject({
  compute: pluginRef,
  orchestrator: pluginRef,
  catalog: pluginRef.nullish(),
  storage: pluginRef.nullish(),
  ingestion: pluginRef.nullish(),
  semantic: pluginRef.nullish(),
  lineage_backend: pluginRef.nullish(),
  secrets: pluginRef.nullish(),
  identity: pluginRef.nullish(),
});

const qualityCheck = z.strictObject({
  name: text,
  type: text,
  column: z.string().nullish(),
  dimension: z.enum(["completeness", "accuracy", "validity", "consistency", "timeliness"]),
  severity: z.enum(["critical", "warning", "info"]).default("warning"),
  custom_weight: z.number().min(0.1).max(10).nullish(),
  parameters: values.default({}),
  enabled: z.boolean().default(true),
});

const gate = z.strictObject({
  min_test_coverage: percent.default(0),
  required_tests: z.array(z.string()).default([]),
  min_score: z.int().min(0).max(100).default(0),
  overridable: z.boolean().default(true),
});

const qualityConfig = z.strictObject({
  provider: text,
  quality_gates: z.strictObject({ bronze: gate, silver: gate, gold: gate }).optional(),
  dimension_weights: z.record(z.string(), z.number().min(0).max(1)).optional(),
  calculation: values.optional(),
  thresholds: z.strictObject({ min_score: z.int().default(70), warn_score: z.int().default(85) }).optional(),
  check_timeout_seconds: z.int().min(1).max(3600).default(300),
  enabled: z.boolean().default(true),
});

/**
 * `compiled_artifacts.json`: a product, resolved against its platform. Version 0.16.0 of the Python
 * floe's format; files of older minors are read, since each only added fields.
 *
 * What our floe adds stands below the one key `floe`. Readers of the Python floe refuse unknown keys, so
 * a writer must leave it out for them.
 */
export const compiledArtifactsSchema = z
  .strictObject({
    version: semantic.default(ARTIFACTS_VERSION),
    metadata: z.strictObject({
      compiled_at: z.iso.datetime({ offset: true, local: true }),
      floe_version: z.string(),
      source_hash: z.string(),
      product_name: z
        .string()
        .max(128)
        .regex(/^[a-zA-Z][a-zA-Z0-9_-]*$/),
      product_version: z.string(),
    }),
    identity: z.strictObject({
      product_id: text,
      domain: text,
      repository: z.string(),
      namespace_registered: z.boolean().default(false),
      registration_timestamp: z.iso.datetime({ offset: true, local: true }).nullish(),
    }),
    mode: z.enum(["simple", "centralized", "mesh"]).default("simple"),
    inheritance_chain: z
      .array(
        z.strictObject({
          name: z.string(),
          version: z.string(),
          scope: z.enum(["enterprise", "domain"]),
          ref: z.string(),
        }),
      )
      .default([]),
    observability: observabilityConfigSchema,
    plugins: pluginsSchema.nullish(),
    deployment: deploymentSchema.nullish(),
    ingestion_outputs: z
      .array(
        z.strictObject({
          source_name: text,
          source_type: z.literal("filesystem"),
          table_format: z.literal("iceberg").default("iceberg"),
          logical_table: text,
          physical_table: text,
          file_format: z.enum(["csv", "jsonl", "parquet"]),
          source_path: text,
          write_mode: z.enum(["append", "replace", "merge"]),
          schema_contract: z.enum(["evolve", "freeze"]),
          freshness_field: z.string().nullish(),
          primary_key: z.union([z.string(), z.array(z.string())]).nullish(),
          cursor_field: z.string().nullish(),
          quality_tier: tier.default("bronze"),
        }),
      )
      .default([]),
    transforms: z
      .strictObject({
        models: z
          .array(
            z.strictObject({
              name: text,
              compute: text,
              tags: z.array(z.string()).nullish(),
              depends_on: z.array(z.string()).nullish(),
              quality_checks: z.array(qualityCheck).nullish(),
              quality_tier: tier.nullish(),
            }),
          )
          .min(1),
        default_compute: text,
      })
      .nullish(),
    dbt_profiles: values.nullish(),
    governance: z
      .strictObject({
        pii_encryption: z.enum(["required", "optional"]).nullish(),
        audit_logging: z.enum(["enabled", "disabled"]).nullish(),
        policy_enforcement_level: z.enum(["off", "warn", "strict"]).nullish(),
        data_retention_days: z.int().min(1).nullish(),
        default_ttl_hours: z.int().min(1).max(8760).nullish(),
        snapshot_keep_last: z.int().min(1).max(100).nullish(),
        stale_table_recovery_mode: z.enum(["strict", "repair"]).nullish(),
      })
      .nullish(),
    enforcement_result: z
      .strictObject({
        passed: z.boolean(),
        error_count: z.int().min(0),
        warning_count: z.int().min(0),
        policy_types_checked: z.array(z.string()),
        models_validated: z.int().min(0),
        enforcement_level: z.enum(["off", "warn", "strict"]),
        rbac_principal: z.string().nullish(),
        secrets_scanned: z.int().min(0).default(0),
      })
      .nullish(),
    // Open Data Contract Standard 3.x documents; their own schema judges them.
    data_contracts: z.array(values).default([]),
    quality_config: qualityConfig.nullish(),
    floe: values.optional(),
  })
  .check(
    rule((value, report) => {
      reportInlineSecrets(value.dbt_profiles, report, ["dbt_profiles"]);
      reportInlineSecrets(value.deployment, report, ["deployment"]);
    }),
  );

/** A valid `compiled_artifacts.json`, with defaults filled in. */
export type CompiledArtifacts = z.output<typeof compiledArtifactsSchema>;
/** What may be written in one. */
export type CompiledArtifactsInput = z.input<typeof compiledArtifactsSchema>;
