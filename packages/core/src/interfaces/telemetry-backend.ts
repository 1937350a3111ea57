import type { ConnectionResult, JsonObject, Plugin } from "./plugin.ts";

/**
 * Where telemetry is stored and looked at (ADR-0035). What emits it (the OpenTelemetry SDK) and what
 * gathers it (the Collector) are enforced; only this layer is pluggable.
 * Entry points: `floe.telemetry_backends`.
 */
export interface TelemetryBackendPlugin extends Plugin {
  /**
   * The Collector's configuration for this backend: `exporters`, and the `service.pipelines` that use
   * them. Component names are the current ones: `otlp_grpc` and `otlp_http` since v0.144.0; the
   * specification's example (`jaeger`) went with v0.85.0. Secrets stand as `${env:NAME}`. Pure.
   *
   * `{exporters: {"otlp_grpc/jaeger": {endpoint: "jaeger:4317"}}, service: {pipelines: {traces: {...}}}}`
   */
  getOtlpExporterConfig(): CollectorConfig;

  /** Values for the backend's chart; `{}` where it is a service outside. Pure. */
  getHelmValues(): JsonObject;

  /** Whether the backend answers. Limit 10 s. Never throws for what a user can get wrong. */
  validateConnection(): Promise<ConnectionResult>;
}

/** A part of a Collector configuration. Every exporter that a pipeline names stands in `exporters`. */
export interface CollectorConfig {
  exporters: JsonObject;
  processors?: JsonObject;
  connectors?: JsonObject;
  extensions?: JsonObject;
  service: {
    extensions?: string[];
    pipelines: {
      [signal: string]: { receivers: string[]; processors: string[]; exporters: string[] };
    };
  };
}
