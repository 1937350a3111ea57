import { z } from "zod";

const rate = z.number().min(0).max(1);
const stage = z.enum(["dev", "staging", "prod"]);

export const telemetryConfigSchema = z.strictObject({
  enabled: z.boolean().default(true),
  otlp_endpoint: z.string().default("http://localhost:4317"),
  otlp_protocol: z.enum(["grpc", "http"]).default("grpc"),
  sampling: z
    .strictObject({ dev: rate.default(1), staging: rate.default(0.5), prod: rate.default(0.1) })
    .default({ dev: 1, staging: 0.5, prod: 0.1 }),
  resource_attributes: z.strictObject({
    service_name: z.string().min(1).max(128),
    service_version: z.string().regex(/^\d+\.\d+\.\d+.*$/),
    deployment_environment: stage,
    floe_namespace: z.string().min(1).max(128),
    floe_product_name: z.string().min(1).max(128),
    floe_product_version: z.string(),
    floe_mode: stage,
  }),
  authentication: z
    .strictObject({
      auth_type: z.enum(["api_key", "bearer"]),
      api_key: z.string().nullish(),
      bearer_token: z.string().nullish(),
      header_name: z.string().default("Authorization"),
    })
    .nullish(),
  batch_processor: z
    .strictObject({
      max_queue_size: z.int().positive().default(2048),
      max_export_batch_size: z.int().positive().default(512),
      schedule_delay_millis: z.int().positive().default(5000),
      export_timeout_millis: z.int().positive().default(30_000),
    })
    .refine((value) => value.max_export_batch_size <= value.max_queue_size, {
      path: ["max_export_batch_size"],
      message: "must not exceed max_queue_size",
    })
    .prefault({}),
  logging: z
    .strictObject({
      log_level: z
        .string()
        .regex(/^(DEBUG|INFO|WARNING|ERROR|CRITICAL)$/i)
        .default("INFO"),
      json_output: z.boolean().default(true),
    })
    .prefault({}),
  backend: z.string().default("console"),
});

export const observabilityConfigSchema = z.strictObject({
  telemetry: telemetryConfigSchema,
  lineage: z.boolean().default(true),
  lineage_namespace: z.string().min(1),
  lineage_endpoint: z.string().nullish(),
  lineage_transport: z.enum(["http", "console", "noop"]).nullish(),
});
