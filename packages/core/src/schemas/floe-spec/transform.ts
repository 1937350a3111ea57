import { z } from "zod";
import { identifier, tier } from "../names.ts";
import { optional } from "../optional.ts";
import { reportRepeated, rule } from "../rule.ts";
import { qualityCheckSchema } from "./quality-check.ts";

/** What a product says of one dbt model. The model itself is dbt's. */
export const transformSchema = z
  .strictObject({
    name: identifier.describe("Name of the dbt model."),
    compute: optional(z.string().min(1)).describe("Compute plugin to run it on, if not the platform's."),
    tags: optional(z.array(z.string().min(1))).describe("Tags for the orchestrator, beside dbt's own."),
    dependsOn: optional(z.array(z.string().min(1))).describe(
      "Transforms that must be built first, beside dbt's refs.",
    ),
    tier: optional(tier).describe("Quality tier, which chooses the gates that apply."),
    qualityChecks: optional(z.array(qualityCheckSchema)).describe("Checks on the built table."),
  })
  .check(rule((value, report) => reportRepeated(value.qualityChecks, ["qualityChecks"], "name", report)));

/** One transform: the specification's `TransformConfig`. */
export type TransformConfig = z.output<typeof transformSchema>;
