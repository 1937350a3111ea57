import { z } from "zod";
import { optional, withDefault } from "../optional.ts";
import { samplingSchema } from "../sampling.ts";

const endpoint = optional(z.url({ protocol: /^(https?|grpc)$/ }));

const interval = z.string().regex(/^[1-9]\d*[smhd]$/, 'must be a number and a unit, such as "15m"');

/** What floe tells of its runs. The backends themselves are plugins. */
export const observabilitySchema = z.strictObject({
  tracing: optional(
    z.strictObject({
      enabled: withDefault(z.boolean(), true).describe("Whether runs are traced."),
      exporter: withDefault(z.enum(["otlp", "console", "none"]), "otlp").describe(
        "How spans leave the process.",
      ),
      endpoint: endpoint.describe("Address of the OTLP collector."),
      sampling: samplingSchema,
    }),
  ).describe("OpenTelemetry traces."),
  lineage: optional(
    z.strictObject({
      enabled: withDefault(z.boolean(), true).describe("Whether lineage is emitted."),
      transport: withDefault(z.enum(["http", "console", "noop"]), "http").describe(
        "How events leave the process.",
      ),
      endpoint: endpoint.describe("Address of the lineage backend, in place of the plugin's."),
    }),
  ).describe("OpenLineage events."),
  monitor: optional(
    z.strictObject({
      quality: withDefault(interval, "6h").describe("Between two runs of all quality checks."),
      freshness: withDefault(interval, "15m").describe("Between two looks at how fresh tables are."),
      schema_drift: withDefault(interval, "1h").describe("Between two comparisons of tables' columns."),
      availability: withDefault(interval, "5m").describe("Between two looks at whether the engine answers."),
    }),
  ).describe("How often `floe monitor` checks what. A number and s, m, h or d."),
  logging: optional(
    z.strictObject({
      level: withDefault(z.enum(["DEBUG", "INFO", "WARNING", "ERROR"]), "INFO").describe(
        "Least level that is logged.",
      ),
      format: withDefault(z.enum(["json", "text"]), "json").describe("Format of log lines."),
    }),
  ).describe("Logs."),
});

export type Observability = z.output<typeof observabilitySchema>;
