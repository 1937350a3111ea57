import { z } from "zod";

export const configSchema = z.strictObject({
  endpoint: z
    .string()
    .min(1)
    .default("jaeger:4317")
    .describe("Where Jaeger takes OTLP: host and port for grpc, an http(s) URL for http."),
  protocol: z.enum(["grpc", "http"]).default("grpc").describe("Protocol of OTLP."),
  insecure: z.boolean().default(true).describe("Whether to go without TLS, as within a cluster."),
  query_url: z
    .url({ protocol: /^https?$/ })
    .default("http://jaeger:16686")
    .describe("Address of Jaeger's query service, by which floe sees whether it is up."),
});

export type JaegerConfig = z.output<typeof configSchema>;
