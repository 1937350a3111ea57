import { z } from "zod";
import { optional, withDefault } from "../optional.ts";
import { has, rule } from "../rule.ts";
import { samplingSchema } from "../sampling.ts";
import { reportInlineSecrets } from "../secret-free.ts";

const stage = z.enum(["dev", "staging", "prod"]);
const name = z.string().min(1).max(128);
const positive = z.int().positive();

const resourceAttributesSchema = z.strictObject({
  service_name: name.describe("OpenTelemetry's service.name."),
  service_version: z
    .string()
    .regex(/^\d+\.\d+\.\d+.*$/, "must start with major.minor.patch")
    .describe("OpenTelemetry's service.version."),
  deployment_environment: stage.describe("Environment that it runs in."),
  floe_namespace: name.describe("Namespace of the product's tables."),
  floe_product_name: name.describe("Name of the product."),
  floe_product_version: z.string().describe("Version of the product."),
  floe_mode: stage.describe("Mode that it runs in: the environment's."),
});

const authenticationSchema = z
  .strictObject({
    auth_type: z.enum(["api_key", "bearer"]).describe("How the collector is logged in to."),
    api_key: optional(z.string()).describe("Reference to the key."),
    bearer_token: optional(z.string()).describe("Reference to the token."),
    header_name: withDefault(z.string(), "Authorization").describe("HTTP header that carries it."),
  })
  .check(
    rule((value, report) => {
      reportInlineSecrets(value, report);
      const needed =
        value.auth_type === "api_key" ? "api_key" : value.auth_type === "bearer" ? "bearer_token" : undefined;
      if (needed === undefined || has(value, needed)) return;
      report([needed], `auth_type ${String(value.auth_type)} needs ${needed}`, { code: "ARTIFACTS.INVALID" });
    }),
  );

const DEFAULT_BATCH = {
  max_queue_size: 2048,
  max_export_batch_size: 512,
  schedule_delay_millis: 5000,
  export_timeout_millis: 30_000,
};

const batchProcessorSchema = z
  .strictObject({
    max_queue_size: withDefault(positive, DEFAULT_BATCH.max_queue_size).describe("Spans that may wait."),
    max_export_batch_size: withDefault(positive, DEFAULT_BATCH.max_export_batch_size).describe(
      "Spans that leave together.",
    ),
    schedule_delay_millis: withDefault(positive, DEFAULT_BATCH.schedule_delay_millis).describe(
      "Time between batches, in milliseconds.",
    ),
    export_timeout_millis: withDefault(positive, DEFAULT_BATCH.export_timeout_millis).describe(
      "Limit on a batch, in milliseconds.",
    ),
  })
  .check(
    rule(({ max_export_batch_size: batch, max_queue_size: queue }, report) => {
      if (typeof batch !== "number" || typeof queue !== "number" || batch <= queue) return;
      report(["max_export_batch_size"], "must not exceed max_queue_size", { code: "ARTIFACTS.INVALID" });
    }),
  );

const telemetrySchema = z.strictObject({
  enabled: withDefault(z.boolean(), true).describe("Whether runs are traced."),
  otlp_endpoint: withDefault(z.string(), "http://localhost:4317").describe("Address of the OTLP collector."),
  otlp_protocol: withDefault(z.enum(["grpc", "http"]), "grpc").describe("Its protocol."),
  sampling: samplingSchema,
  resource_attributes: resourceAttributesSchema.describe("What every span says of its origin."),
  authentication: optional(authenticationSchema).describe("Login to the collector."),
  batch_processor: withDefault(batchProcessorSchema, DEFAULT_BATCH).describe("How spans leave the process."),
  logging: withDefault(
    z.strictObject({
      log_level: withDefault(
        z.string().regex(/^(DEBUG|INFO|WARNING|ERROR|CRITICAL)$/i, "must be a log level, such as INFO"),
        "INFO",
      ).describe("Least level that is logged."),
      json_output: withDefault(z.boolean(), true).describe("Whether log lines are JSON."),
    }),
    { log_level: "INFO", json_output: true },
  ).describe("Logs."),
  backend: withDefault(z.string(), "console").describe("Name of the telemetry plugin."),
});

/** What the product's runs tell of themselves. */
export const observabilityConfigSchema = z.strictObject({
  telemetry: telemetrySchema.describe("OpenTelemetry."),
  lineage: withDefault(z.boolean(), true).describe("Whether lineage is emitted."),
  lineage_namespace: z.string().min(1).describe("Namespace of the product's jobs."),
  lineage_endpoint: optional(z.string()).describe("Address of the lineage backend."),
  lineage_transport: optional(z.enum(["http", "console", "noop"])).describe("How events leave the process."),
});
