import { z } from "zod";
import { calculationSchema, dimensionWeightsSchema, thresholdsSchema } from "../manifest/quality.ts";
import { optional, withDefault } from "../optional.ts";

const gateSchema = z.strictObject({
  min_test_coverage: withDefault(z.number().min(0).max(100), 0).describe("Columns with a test, in percent."),
  required_tests: withDefault(z.array(z.string()), []).describe("Kinds of test that models must have."),
  min_score: withDefault(z.int().min(0).max(100), 0).describe("Lowest score at which the gate opens."),
  overridable: withDefault(z.boolean(), true).describe("Whether a lower level may change the gate."),
});

const gatesSchema = z.strictObject({
  bronze: optional(gateSchema).describe("Gate of raw tables."),
  silver: optional(gateSchema).describe("Gate of cleaned tables."),
  gold: optional(gateSchema).describe("Gate of published tables."),
});

/** The quality framework and gates, in the shape of the Python floe. */
export const resolvedQualitySchema = z.strictObject({
  provider: z.string().min(1).describe("Name of the framework."),
  quality_gates: optional(gatesSchema).describe("What the tables of each tier must meet."),
  dimension_weights: optional(dimensionWeightsSchema).describe("Share of each dimension; they add up to 1."),
  calculation: optional(calculationSchema).describe("How the score is calculated."),
  thresholds: optional(thresholdsSchema).describe("Scores at which a run warns or fails."),
  check_timeout_seconds: withDefault(z.int().min(1).max(3600), 300).describe("Limit on a check, in seconds."),
  enabled: withDefault(z.boolean(), true).describe("Whether checks run."),
});
