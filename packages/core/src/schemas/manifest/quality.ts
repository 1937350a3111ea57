import { z } from "zod";
import { optional, withDefault } from "../optional.ts";
import { percent } from "../percent.ts";
import { isMapping, rule } from "../rule.ts";

const score = z.int().min(0).max(100);

/** What the tables of a tier must meet. */
export const gateTierSchema = z.strictObject({
  min_test_coverage: optional(percent).describe("Columns that must have a test, in percent."),
  required_tests: optional(z.array(z.string().min(1))).describe(
    "Kinds of test that every model must have: not_null, unique, relationships.",
  ),
  min_score: optional(score).describe("Lowest quality score at which the gate opens."),
  overridable: optional(z.boolean()).describe(
    "Whether a child manifest may change this tier at all (it may only tighten).",
  ),
});

export const qualityGatesSchema = z.strictObject({
  bronze: optional(gateTierSchema).describe("Gate of raw tables."),
  silver: optional(gateTierSchema).describe("Gate of cleaned tables."),
  gold: optional(gateTierSchema).describe("Gate of published tables."),
});

const weightsSchema = z.strictObject({
  critical_checks: withDefault(z.number().positive(), 3).describe("Weight of a critical check in the score."),
  standard_checks: withDefault(z.number().positive(), 1).describe("Weight of a standard check."),
  statistical_checks: withDefault(z.number().positive(), 0.5).describe("Weight of a statistical check."),
});

const USUAL_WEIGHTS = {
  completeness: 0.25,
  accuracy: 0.25,
  validity: 0.2,
  consistency: 0.15,
  timeliness: 0.15,
};

const share = z.number().min(0).max(1);
export const dimensionWeightsSchema = z
  .strictObject({
    completeness: withDefault(share, USUAL_WEIGHTS.completeness).describe("Share of completeness."),
    accuracy: withDefault(share, USUAL_WEIGHTS.accuracy).describe("Share of accuracy."),
    validity: withDefault(share, USUAL_WEIGHTS.validity).describe("Share of validity."),
    consistency: withDefault(share, USUAL_WEIGHTS.consistency).describe("Share of consistency."),
    timeliness: withDefault(share, USUAL_WEIGHTS.timeliness).describe("Share of timeliness."),
  })
  .check(
    rule((value, report) => {
      const shares = Object.keys(USUAL_WEIGHTS).map((key) => value[key]);
      // A share of the wrong type is told already, and leaves nothing to add up.
      if (!shares.every((one) => typeof one === "number")) return;
      const sum = shares.reduce((total, one) => total + one, 0);
      // Tenths don't add up exactly in binary.
      if (Math.abs(sum - 1) > 0.001) {
        report([], `the weights add up to ${Number(sum.toFixed(3))}, not to 1`, {
          code: "CONFIG.INVALID_VALUE",
          next: ["Give all five; those left out keep their defaults, which count too."],
        });
      }
    }),
  );

export const calculationSchema = z.strictObject({
  baseline_score: withDefault(score, 70).describe("Score before any check counts."),
  max_positive_influence: withDefault(score, 30).describe("Most that passing checks add."),
  max_negative_influence: withDefault(score, 50).describe("Most that failing checks take."),
  severity_weights: withDefault(
    z.partialRecord(z.enum(["critical", "warning", "info"]), z.number().nonnegative()),
    { critical: 3, warning: 1, info: 0.5 },
  ).describe("Weight by severity."),
});

export const thresholdsSchema = z.strictObject({
  min_score: withDefault(score, 70).describe("Below this score a run fails."),
  warn_score: withDefault(score, 85).describe("Below this score a run warns."),
});

const settings = {
  quality_gates: optional(qualityGatesSchema).describe("What the tables of each tier must meet."),
  weights: optional(weightsSchema).describe("Weight of each class of check in the score."),
  dimension_weights: optional(dimensionWeightsSchema).describe("Share of each dimension; they add up to 1."),
  calculation: optional(calculationSchema).describe("How the score is calculated."),
  thresholds: optional(thresholdsSchema).describe("Scores at which a run warns or fails."),
  check_timeout_seconds: optional(z.int().min(1).max(3600)).describe(
    "Limit on one check, in seconds. Default 300.",
  ),
  enabled: optional(z.boolean()).describe("Whether checks run. Default true."),
};

/**
 * The data-quality framework and the company's gates. Settings stand beside `provider`, as in the Python
 * floe's released format, or below `config`, as in its specification; `config` may also hold what the
 * framework's plugin itself takes, which is why unknown keys there are the plugin's to refuse.
 */
export const qualityConfigSchema = z
  .strictObject({
    provider: optional(z.string().trim().min(1)).describe(
      "Name of the framework: custom, great_expectations, soda, dbt_expectations.",
    ),
    type: optional(z.string().trim().min(1)).describe("The same as provider, as other plugins have it."),
    version: optional(z.string().regex(/^\d+\.\d+\.\d+$/)).describe("Exact version that must be installed."),
    config: optional(z.looseObject(settings)).describe("Settings, and the framework's own configuration."),
    ...settings,
  })
  .check(
    rule((value, report) => {
      const { provider, type } = value;
      if (provider === undefined && type === undefined) {
        report(["provider"], "the framework isn't named", {
          code: "CONFIG.MISSING_KEY",
          next: ["Add provider: custom."],
        });
      } else if (provider !== undefined && type !== undefined && provider !== type) {
        report(["type"], "provider and type name different frameworks", { code: "CONFIG.INVALID_VALUE" });
      }
      const config = isMapping(value.config) ? value.config : {};
      for (const key of Object.keys(settings)) {
        if (value[key] !== undefined && config[key] !== undefined) {
          report([key], `"${key}" stands here and below config`, {
            code: "CONFIG.DUPLICATE_KEY",
            next: ["Keep one of the two."],
          });
        }
      }
    }),
  )
  .transform(({ provider, type, version, config = {}, ...beside }) => {
    const {
      quality_gates,
      weights,
      dimension_weights,
      calculation,
      thresholds,
      check_timeout_seconds,
      enabled,
      ...own
    } = config;
    return {
      type: provider ?? type ?? "",
      version,
      /** What is the plugin's own. */
      config: own as Record<string, unknown>,
      quality_gates: beside.quality_gates ?? quality_gates,
      weights: beside.weights ?? weights,
      dimension_weights: beside.dimension_weights ?? dimension_weights,
      calculation: beside.calculation ?? calculation,
      thresholds: beside.thresholds ?? thresholds,
      check_timeout_seconds: beside.check_timeout_seconds ?? check_timeout_seconds,
      enabled: beside.enabled ?? enabled,
    };
  });

export type GateTier = z.output<typeof gateTierSchema>;
export type QualityGates = z.output<typeof qualityGatesSchema>;
export type QualityConfig = z.output<typeof qualityConfigSchema>;
