import { z } from "zod";
import { optional, withDefault } from "../optional.ts";

/** How a failure of a check is taken. */
export const qualitySeverity = z.enum(["critical", "warning", "info"]);
export const qualityDimension = z.enum(["completeness", "accuracy", "validity", "consistency", "timeliness"]);
export const qualityClass = z.enum(["critical", "standard", "statistical"]);

/** One check on a transform, in the product's file. */
export const qualityCheckSchema = z.strictObject({
  name: z.string().min(1).describe("Name of the check, unique within its transform."),
  type: z
    .string()
    .min(1)
    .describe(
      "Kind of expectation: not_null, unique, accepted_values, relationships, between, matches_regex, " +
        "row_count_between, freshness, mean_between, quantile_between, distinct_count_between, expression.",
    ),
  column: optional(z.string().min(1)).describe(
    "Column that is checked; left out for checks of the whole table.",
  ),
  dimension: optional(qualityDimension).describe("Dimension of quality that the check belongs to."),
  severity: withDefault(qualitySeverity, "warning").describe(
    "critical: a failure stops what depends on the table; warning: it is reported; info: it is noted.",
  ),
  class: optional(qualityClass).describe(
    "Chooses the weight in the score; by default follows from the severity.",
  ),
  custom_weight: optional(z.number().min(0.1).max(10)).describe(
    "Weight in the score, in place of the class's.",
  ),
  parameters: withDefault(z.record(z.string(), z.unknown()), {}).describe(
    "What the expectation needs: min, max, values, ...",
  ),
  enabled: withDefault(z.boolean(), true).describe("Whether the check runs."),
});

export type QualityCheck = z.output<typeof qualityCheckSchema>;
