import type { Broken } from "../prove.ts";
import { createTelemetry, type Telemetry, telemetryWith } from "../reference/telemetry-backend.ts";

type Config = ReturnType<Telemetry["getOtlpExporterConfig"]>;

const configured = (change: (config: Config) => void) => ({
  plugin: telemetryWith((base) => ({
    getOtlpExporterConfig: () => {
      const config = structuredClone(base.getOtlpExporterConfig());
      change(config);
      return config;
    },
  })),
});

const SHARED = createTelemetry({ timeoutMs: 1 }, {} as never).getOtlpExporterConfig();

export const brokenTelemetry: readonly Broken<"telemetry_backend">[] = [
  {
    fault: "names an exporter that it doesn't declare",
    rule: "telemetry.pipelines",
    options: configured((config) => void config.service.pipelines.traces?.exporters.push("debug")),
  },
  {
    fault: "declares an exporter that no pipeline uses",
    rule: "telemetry.pipelines",
    options: configured((config) => Object.assign(config.exporters, { debug: {} })),
  },
  {
    fault: "forgets traces",
    rule: "telemetry.traces",
    options: configured((config) => {
      const { traces } = config.service.pipelines;
      config.service.pipelines = traces === undefined ? {} : { metrics: traces };
    }),
  },
  {
    fault: "uses the exporter that went with v0.85.0",
    rule: "telemetry.names",
    options: configured((config) => {
      config.exporters = { jaeger: { endpoint: "jaeger:14250" } };
      config.service.pipelines.traces?.exporters.splice(0, 1, "jaeger");
    }),
  },
  {
    fault: "writes a password into the configuration",
    rule: "telemetry.secrets",
    options: configured((config) => {
      config.extensions = { basicauth: { client_auth: { username: "me", password: "plain" } } };
    }),
  },
  {
    fault: "hands out its own state",
    rule: "pure.unshared",
    options: { plugin: telemetryWith(() => ({ getOtlpExporterConfig: () => SHARED })) },
  },
  {
    fault: "says that it connected although the server refuses",
    rule: "connection.unauthorized",
    options: {
      plugin: telemetryWith((base) => ({
        validateConnection: async () => {
          const result = await base.validateConnection();
          return /answered 40[13]/.test(result.message)
            ? { success: true, message: "Reached.", next: [] }
            : result;
        },
      })),
    },
  },
];
