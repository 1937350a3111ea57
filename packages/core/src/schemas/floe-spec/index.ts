import { z } from "zod";
import { semanticVersion } from "../names.ts";
import { optional } from "../optional.ts";
import { reportRepeated, rule } from "../rule.ts";
import { reportDependencies } from "./dependencies.ts";
import { destinationSchema } from "./destination.ts";
import { reportEnvironmentKeys } from "./environment-keys.ts";
import { ingestionSchema } from "./ingestion.ts";
import { outputPortSchema } from "./output-port.ts";
import { scheduleSchema } from "./schedule.ts";
import { transformSchema } from "./transform.ts";

export { type Destination, destinationSchema } from "./destination.ts";
export { type IngestionSource, ingestionSourceSchema } from "./ingestion.ts";
export { type OutputPort, outputPortSchema } from "./output-port.ts";
export { type QualityCheck, qualityCheckSchema } from "./quality-check.ts";
export { type Schedule, scheduleSchema } from "./schedule.ts";
export { type TransformConfig, transformSchema } from "./transform.ts";

/**
 * `floe.yaml`: a data product. The format of the Python floe, with `transforms` optional: left out, every
 * model of the dbt project counts.
 */
export const floeSpecSchema = z
  .strictObject({
    apiVersion: z.literal("floe.dev/v1").describe("Version of this format."),
    kind: z.literal("FloeSpec").describe("What the file declares: a data product."),
    metadata: z
      .strictObject({
        name: z
          .string()
          .max(63)
          .regex(/^[a-z][a-z0-9-]*$/, "must be lower-case letters, digits and dashes, starting with a letter")
          .describe("Name of the product, unique in the company."),
        version: semanticVersion.describe("Version of the product, as text."),
        description: optional(z.string().max(500)).describe("What the product offers."),
        owner: optional(z.string().min(1)).describe("Who answers for it."),
        labels: optional(z.record(z.string(), z.string())).describe("Labels of your own."),
      })
      .describe("What the product is."),
    platform: optional(
      z.strictObject({
        manifest: z.string().min(1).describe("Path of the platform's manifest.yaml, relative to this file."),
      }),
    ).describe("The platform it runs on. Left out: the nearest manifest.yaml, here or in a folder above."),
    transforms: optional(z.array(transformSchema).min(1)).describe(
      "What to say of single dbt models. Left out: every model counts, as dbt declares it.",
    ),
    schedule: optional(scheduleSchema).describe("When the orchestrator runs it."),
    ingestion: optional(ingestionSchema).describe("What to load before dbt runs."),
    destinations: optional(z.array(destinationSchema)).describe("Where results are sent on to."),
    outputPorts: optional(z.array(outputPortSchema)).describe("Tables that others may rely on."),
  })
  .check(
    rule((value, report, unknownKeys) => {
      reportRepeated(value.transforms, ["transforms"], "name", report);
      reportRepeated(value.destinations, ["destinations"], "name", report);
      reportRepeated(value.outputPorts, ["outputPorts"], "name", report);
      reportDependencies(value, report);
      reportEnvironmentKeys(value, unknownKeys, report);
    }),
  );

/** A valid `floe.yaml`. */
export type FloeSpec = z.output<typeof floeSpecSchema>;
/** What may be written in one. */
export type FloeSpecInput = z.input<typeof floeSpecSchema>;
