import { definePlugin, type PluginContext, type PluginImplementation } from "@floe/core";
import { type GateConfig, gateSchema, passResult } from "./server-gate.ts";

export type Telemetry = PluginImplementation<"telemetry_backend">;

export function createTelemetry(config: GateConfig, context: PluginContext): Telemetry {
  return {
    getOtlpExporterConfig: () => ({
      exporters: {
        "otlp_grpc/sample": {
          endpoint: "sample:4317",
          headers: { authorization: `Bearer $${"{env:TOKEN}"}` },
        },
      },
      extensions: { basicauth: { client_auth: { username: "me", password: `$${"{env:TOKEN}"}` } } },
      service: {
        extensions: ["basicauth"],
        pipelines: {
          traces: { receivers: ["otlp"], processors: ["batch"], exporters: ["otlp_grpc/sample"] },
        },
      },
    }),
    getHelmValues: () => ({ replicas: 1 }),
    validateConnection: () => passResult(config, context),
  };
}

/** The reference with parts of it replaced. */
export const telemetryWith = (
  change: (base: Telemetry, config: GateConfig, context: PluginContext) => Partial<Telemetry>,
) =>
  definePlugin({
    kind: "telemetry_backend",
    name: "sample",
    configSchema: gateSchema,
    create: (config, context) => {
      const base = createTelemetry(config, context);
      return { ...base, ...change(base, config, context) };
    },
  });
