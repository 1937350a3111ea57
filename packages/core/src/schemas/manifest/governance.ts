import { z } from "zod";
import { optional, withDefault } from "../optional.ts";
import { regularExpression } from "../pattern.ts";
import { percent } from "../percent.ts";
import { has, rule } from "../rule.ts";

const level = z.enum(["off", "warn", "strict"]);
/** Of the Python floe's format, as is the refusal of patterns that can take forever. */
const LONGEST_PATTERN = 500;

const namingSchema = z
  .strictObject({
    enforcement: withDefault(level, "warn").describe("What a name that doesn't fit leads to."),
    pattern: withDefault(z.enum(["medallion", "kimball", "custom"]), "medallion").describe(
      "medallion: bronze_, silver_, gold_; kimball: dim_, fact_, bridge_, hub_, link_, sat_; custom: custom_patterns.",
    ),
    custom_patterns: optional(z.array(regularExpression(LONGEST_PATTERN)).min(1)).describe(
      "Regular expressions, of which a name must match one.",
    ),
  })
  .check(
    rule((value, report) => {
      const custom = value.pattern === "custom";
      const given = has(value, "custom_patterns");
      if (custom === given) return;
      report(
        ["custom_patterns"],
        custom ? "pattern custom needs custom_patterns" : "custom_patterns need pattern: custom",
        {
          code: custom ? "CONFIG.MISSING_KEY" : "CONFIG.INVALID_VALUE",
        },
      );
    }),
  );

const governanceGatesSchema = z.strictObject({
  minimum_test_coverage: withDefault(percent, 80).describe("Columns that must have a test, in percent."),
  require_descriptions: withDefault(z.boolean(), false).describe("Whether every model must be described."),
  require_column_descriptions: withDefault(z.boolean(), false).describe(
    "Whether every column must be described.",
  ),
  block_on_failure: withDefault(z.boolean(), true).describe("Whether a closed gate fails the compile."),
  layer_thresholds: optional(
    z.strictObject({
      bronze: withDefault(percent, 50).describe("Coverage of bronze models, in percent."),
      silver: withDefault(percent, 80).describe("Coverage of silver models, in percent."),
      gold: withDefault(percent, 100).describe("Coverage of gold models, in percent."),
    }),
  ).describe("Coverage by layer."),
  zero_column_coverage_behavior: withDefault(
    z.enum(["report_100_percent", "report_na"]),
    "report_na",
  ).describe("How a model without declared columns counts."),
});

const appliesTo = withDefault(z.string().min(1), "*").describe("Models that the rule applies to, as a glob.");

const customRuleSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("require_tags_for_prefix").describe("Models of a prefix must have tags."),
    prefix: z.string().min(1).describe("Models whose names start so."),
    required_tags: z.array(z.string().min(1)).min(1).describe("Tags that they must have."),
    applies_to: appliesTo,
  }),
  z.strictObject({
    type: z.literal("require_meta_field").describe("Models must have a key in their meta."),
    field: z.string().min(1).describe("Key that a model's meta must have."),
    required: withDefault(z.boolean(), true).describe("Whether it must have a value."),
    applies_to: appliesTo,
  }),
  z.strictObject({
    type: z.literal("require_tests_of_type").describe("Models must have tests of some kinds."),
    test_types: z.array(z.string().min(1)).min(1).describe("Kinds of test that a model must have."),
    min_columns: withDefault(z.int().min(1), 1).describe("On how many columns."),
    applies_to: appliesTo,
  }),
]);

const POLICY_TYPES = [
  "naming",
  "coverage",
  "documentation",
  "semantic",
  "custom",
  "data_contract",
  "rbac",
  "secret_scanning",
  "network_policy",
] as const;

const policyOverrideSchema = z.strictObject({
  pattern: z.string().min(1).describe("Models that it is for, as a glob."),
  action: z
    .enum(["downgrade", "exclude"])
    .describe("downgrade: errors become warnings; exclude: the rule is not asked."),
  reason: z.string().min(1).describe("Why, for whoever reads the manifest later."),
  expires: optional(z.iso.date()).describe("Day after which it no longer holds: 2027-01-31."),
  policy_types: optional(z.array(z.enum(POLICY_TYPES)).min(1)).describe(
    "Rules that it is for; all, where left out.",
  ),
});

const dataContractsSchema = z.strictObject({
  enforcement: withDefault(level, "warn").describe("What a broken contract leads to."),
  auto_generation: optional(
    z.strictObject({
      enabled: withDefault(z.boolean(), true).describe("Whether contracts are made from output ports."),
      include_descriptions: withDefault(z.boolean(), true).describe(
        "Whether dbt's descriptions go into them.",
      ),
      default_classification: withDefault(
        z.enum(["public", "internal", "confidential", "pii", "phi", "sensitive", "restricted"]),
        "internal",
      ).describe("Classification of a column that has none."),
    }),
  ).describe("Contracts that floe writes."),
  drift_detection: optional(
    z.strictObject({
      enabled: withDefault(z.boolean(), true).describe("Whether tables are compared with their contract."),
      fail_on_type_mismatch: withDefault(z.boolean(), true).describe("Whether another type is an error."),
      fail_on_missing_column: withDefault(z.boolean(), true).describe(
        "Whether a missing column is an error.",
      ),
      warn_on_extra_column: withDefault(z.boolean(), true).describe("Whether an extra column is a warning."),
    }),
  ).describe("Comparison of tables with their contracts."),
  inheritance_mode: withDefault(z.enum(["merge", "override", "strict"]), "merge").describe(
    "How contracts inherit.",
  ),
});

const secretScanningSchema = z.strictObject({
  enabled: withDefault(z.boolean(), false).describe("Whether files are searched for secrets."),
  exclude_patterns: withDefault(z.array(z.string().min(1)), []).describe("Files that aren't, as globs."),
  custom_patterns: optional(
    z.array(
      z.strictObject({
        name: z.string().min(1).describe("Name of the pattern."),
        pattern: regularExpression(LONGEST_PATTERN).describe("Regular expression of the secret."),
        severity: withDefault(z.enum(["error", "warning"]), "error").describe("What a find leads to."),
      }),
    ),
  ).describe("Patterns beside the built-in ones."),
  severity: withDefault(z.enum(["error", "warning"]), "error").describe("What a find leads to."),
});

/** The company's rules for every product. A child manifest may tighten each, and loosen none. */
export const governanceSchema = z.strictObject({
  pii_encryption: optional(z.enum(["required", "optional"])).describe(
    "Whether personal data must be encrypted.",
  ),
  audit_logging: optional(z.enum(["enabled", "disabled"])).describe("Whether access is logged."),
  policy_enforcement_level: optional(level).describe(
    "off: rules aren't asked; warn: they warn; strict: they fail the compile.",
  ),
  data_retention_days: optional(z.int().min(1)).describe("Days that data must be kept at least."),
  default_ttl_hours: optional(z.int().min(1)).describe("Hours after which a table's old snapshots go."),
  snapshot_keep_last: optional(z.int().min(1)).describe("Snapshots of a table that stay in any case."),
  stale_table_recovery_mode: optional(z.enum(["strict", "repair"])).describe(
    "What happens to a table whose files are gone.",
  ),
  naming: optional(namingSchema).describe("How models must be named."),
  quality_gates: optional(governanceGatesSchema).describe("Coverage by tests and descriptions."),
  custom_rules: withDefault(z.array(customRuleSchema), []).describe("Rules of your own."),
  policy_overrides: withDefault(z.array(policyOverrideSchema), []).describe("Exceptions from the rules."),
  data_contracts: optional(dataContractsSchema).describe("Contracts of output ports."),
  rbac: optional(
    z.strictObject({
      enabled: withDefault(z.boolean(), false).describe("Whether only some may compile."),
      required_role: optional(z.string().min(1)).describe("Role that is needed."),
      allow_principal_fallback: withDefault(z.boolean(), true).describe(
        "Whether FLOE_PRINCIPAL counts without a token.",
      ),
    }),
  ).describe("Who may compile."),
  secret_scanning: optional(secretScanningSchema).describe("Search for secrets in a product's files."),
  network_policies: optional(
    z.strictObject({
      enabled: withDefault(z.boolean(), false).describe("Whether network policies are written."),
      default_deny: withDefault(z.boolean(), true).describe("Whether what isn't allowed is denied."),
      custom_egress_rules: withDefault(z.array(z.record(z.string(), z.unknown())), []).describe(
        "Further allowed destinations.",
      ),
    }),
  ).describe("Kubernetes network policies."),
  policies: optional(
    z.array(
      z.strictObject({
        name: z.string().min(1).describe("Name of the policy."),
        type: z
          .enum(["required_tags", "naming_convention", "max_transforms", "custom"])
          .describe("Kind of policy."),
        action: z.enum(["warn", "error", "block"]).describe("What breaking it leads to."),
        message: z.string().min(1).describe("What the user is told."),
        config: withDefault(z.record(z.string(), z.unknown()), {}).describe("What the policy needs."),
      }),
    ),
  ).describe("Further policies."),
});

export type Governance = z.output<typeof governanceSchema>;
