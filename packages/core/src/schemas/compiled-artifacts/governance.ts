import { z } from "zod";
import { optional, withDefault } from "../optional.ts";

const level = z.enum(["off", "warn", "strict"]);
const count = z.int().min(0);

/** The rules that the product was compiled under. */
export const resolvedGovernanceSchema = z.strictObject({
  pii_encryption: optional(z.enum(["required", "optional"])).describe("Whether personal data is encrypted."),
  audit_logging: optional(z.enum(["enabled", "disabled"])).describe("Whether access is logged."),
  policy_enforcement_level: optional(level).describe("What a broken rule leads to."),
  data_retention_days: optional(z.int().min(1)).describe("Days that data is kept at least."),
  default_ttl_hours: optional(z.int().min(1).max(8760)).describe("Hours after which old snapshots go."),
  snapshot_keep_last: optional(z.int().min(1).max(100)).describe("Snapshots that stay in any case."),
  stale_table_recovery_mode: optional(z.enum(["strict", "repair"])).describe(
    "What happens to a table whose files are gone.",
  ),
});

/** What enforcement of the rules found. */
export const enforcementResultSchema = z.strictObject({
  passed: z.boolean().describe("Whether the product meets the rules."),
  error_count: count.describe("Broken rules that fail the compile."),
  warning_count: count.describe("Broken rules that only warn."),
  policy_types_checked: z.array(z.string()).describe("Kinds of rule that were asked."),
  models_validated: count.describe("Models that were judged."),
  enforcement_level: level.describe("Level that they were judged at."),
  rbac_principal: optional(z.string()).describe("Who compiled."),
  secrets_scanned: withDefault(count, 0).describe("Files that were searched for secrets."),
});
