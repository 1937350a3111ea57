import {
  askService,
  type CollectorConfig,
  type ConnectionResult,
  type JsonObject,
  type PluginContext,
  type PluginImplementation,
} from "@floe/core";
import type { JaegerConfig } from "./config.ts";

export class JaegerTelemetry implements PluginImplementation<"telemetry_backend"> {
  readonly #config: JaegerConfig;
  readonly #context: PluginContext;

  constructor(config: JaegerConfig, context: PluginContext) {
    this.#config = config;
    this.#context = context;
  }

  /**
   * Jaeger takes OTLP itself; the Collector's own exporter for it went with v0.85.0, and the names `otlp` and
   * `otlphttp` with v0.144.0.
   */
  getOtlpExporterConfig(): CollectorConfig {
    const { endpoint, protocol, insecure } = this.#config;
    const exporter = `otlp_${protocol}/jaeger`;
    return {
      exporters: {
        [exporter]: {
          endpoint,
          tls: { insecure },
          sending_queue: { enabled: true, queue_size: 1000 },
          retry_on_failure: { enabled: true, initial_interval: "5s", max_interval: "30s" },
        },
      },
      processors: {
        memory_limiter: { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 20 },
        batch: {},
      },
      service: {
        pipelines: {
          traces: { receivers: ["otlp"], processors: ["memory_limiter", "batch"], exporters: [exporter] },
        },
      },
    };
  }

  /** Values for the chart of jaegertracing/helm-charts with Jaeger 2: one process, traces in memory. */
  getHelmValues(): JsonObject {
    return {
      jaeger: {
        enabled: true,
        replicas: 1,
        resources: {
          requests: { cpu: "250m", memory: "512Mi" },
          limits: { cpu: "1", memory: "2Gi" },
        },
      },
    };
  }

  validateConnection(): Promise<ConnectionResult> {
    return askService(this.#context, {
      service: "Jaeger's query service",
      url: this.#config.query_url,
      setting: "plugins.telemetry_backend.config.query_url",
      path: "api/services",
      judge: (body) => (typeof body === "object" && body !== null && "data" in body ? {} : undefined),
    });
  }
}
