import type {
  ConnectionResult,
  JsonObject,
  LineageTransport,
  NamespaceStrategy,
  PluginContext,
  PluginImplementation,
} from "@floe/core";
import { isFloeError } from "@floe/core";
import type { MarquezConfig } from "./config.ts";

/** @see https://github.com/MarquezProject/marquez `spec/openapi.yml` */
export class MarquezLineage implements PluginImplementation<"lineage_backend"> {
  readonly #config: MarquezConfig;
  readonly #context: PluginContext;

  constructor(config: MarquezConfig, context: PluginContext) {
    this.#config = config;
    this.#context = context;
  }

  getTransportConfig(): LineageTransport {
    const { url, timeout_seconds, api_key } = this.#config;
    return {
      type: "http",
      url,
      endpoint: "api/v1/lineage",
      timeout: timeout_seconds,
      ...(api_key === undefined
        ? {}
        : {
            auth: {
              type: "api_key",
              apiKeyEnvironmentVariable: this.#context.secrets.environmentVariable(api_key),
            },
          }),
    };
  }

  getNamespaceStrategy(): NamespaceStrategy {
    const { namespace } = this.#config;
    const strategy = namespace.includes("{product}")
      ? "product_based"
      : namespace.includes("{environment}")
        ? "environment_based"
        : "static";
    return { strategy, template: namespace };
  }

  /** Values for the chart in Marquez' repository, which has no schema: only what `chart/values.yaml` knows. */
  getHelmValues(): JsonObject {
    return {
      marquez: {
        replicaCount: 1,
        resources: {
          requests: { cpu: "250m", memory: "512Mi" },
          limits: { cpu: "1", memory: "1Gi" },
        },
      },
      web: { replicaCount: 1 },
      postgresql: { enabled: true },
    };
  }

  async validateConnection(): Promise<ConnectionResult> {
    const { url, api_key } = this.#config;
    const address = `${url.replace(/\/+$/, "")}/api/v1/namespaces`;
    const started = performance.now();
    try {
      const headers: Record<string, string> =
        api_key === undefined
          ? {}
          : { authorization: `Bearer ${await this.#context.secrets.resolve(api_key)}` };
      const response = await this.#context.fetch(address, { headers, retries: 0, timeoutMs: 5000 });
      const body: unknown = await response.json().catch(() => undefined);
      const known = typeof body === "object" && body !== null && "namespaces" in body;
      if (response.ok && known) {
        return {
          success: true,
          message: `Marquez answers at ${url}.`,
          next: [],
          latencyMs: performance.now() - started,
        };
      }
      return response.status === 401 || response.status === 403
        ? failure(
            `${url} refused the credential (${response.status}).`,
            "Check plugins.lineage_backend.config.api_key.",
          )
        : failure(
            `What answers at ${url} isn't Marquez (${response.status}).`,
            "Check plugins.lineage_backend.config.url: it is the API's address, not the web page's.",
          );
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

function failure(message: string, next: string): ConnectionResult {
  return { success: false, message, next: [next] };
}
