import { z } from "zod";
import { qualityDimension, qualitySeverity } from "../floe-spec/quality-check.ts";
import { tier } from "../names.ts";
import { optional, withDefault } from "../optional.ts";

/**
 * A check as Python readers know it: the dimension is required, and there is no class. What ours has beside
 * that stands below the artifacts' key `floe`.
 */
const checkSchema = z.strictObject({
  name: z.string().min(1).describe("Name of the check."),
  type: z.string().min(1).describe("Kind of expectation."),
  column: optional(z.string()).describe("Column that is checked; left out for the whole table."),
  dimension: qualityDimension.describe("Dimension of quality that the check belongs to."),
  severity: withDefault(qualitySeverity, "warning").describe("How a failure is taken."),
  custom_weight: optional(z.number().min(0.1).max(10)).describe("Weight in the score."),
  parameters: withDefault(z.record(z.string(), z.unknown()), {}).describe("What the expectation needs."),
  enabled: withDefault(z.boolean(), true).describe("Whether the check runs."),
});

const modelSchema = z.strictObject({
  name: z.string().min(1).describe("Name of the dbt model."),
  compute: z.string().min(1).describe("Compute plugin that runs it."),
  tags: optional(z.array(z.string())).describe("Its tags."),
  depends_on: optional(z.array(z.string())).describe("Models that are built first."),
  quality_checks: optional(z.array(checkSchema)).describe("Checks on the built table."),
  quality_tier: optional(tier).describe("Tier, which chooses the gates."),
});

/** The product's models. */
export const resolvedTransformsSchema = z.strictObject({
  models: z.array(modelSchema).min(1).describe("The models."),
  default_compute: z.string().min(1).describe("Compute plugin of models that name none."),
});
