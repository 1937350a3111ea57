import {
  type CollectorConfig,
  type ConnectionResult,
  isFloeError,
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

  async validateConnection(): Promise<ConnectionResult> {
    const { query_url } = this.#config;
    const started = performance.now();
    try {
      const address = `${query_url.replace(/\/+$/, "")}/api/services`;
      const response = await this.#context.fetch(address, { retries: 0, timeoutMs: 5000 });
      const body: unknown = await response.json().catch(() => undefined);
      if (response.ok && typeof body === "object" && body !== null && "data" in body) {
        return {
          success: true,
          message: `Jaeger answers at ${query_url}.`,
          next: [],
          latencyMs: performance.now() - started,
        };
      }
      return {
        success: false,
        message: `What answers at ${query_url} isn't Jaeger's query service (${response.status}).`,
        next: ["Check plugins.telemetry_backend.config.query_url."],
      };
    } catch (error) {
      if (!isFloeError(error)) throw error;
      return {
        success: false,
        message: [error.summary, error.why].filter(Boolean).join(" "),
        next: error.next,
      };
    }
  }
}
