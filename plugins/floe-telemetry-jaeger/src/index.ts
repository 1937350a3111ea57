import { definePlugin } from "@floe/core";
import { JaegerTelemetry } from "./backend.ts";
import { configSchema } from "./config.ts";

export default definePlugin({
  kind: "telemetry_backend",
  name: "jaeger",
  description: "Jaeger: traces over OTLP.",
  configSchema,
  create: (config, context) => new JaegerTelemetry(config, context),
});
