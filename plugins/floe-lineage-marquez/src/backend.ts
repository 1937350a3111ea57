import type {
  ConnectionResult,
  JsonObject,
  LineageTransport,
  NamespaceStrategy,
  PluginContext,
  PluginImplementation,
} from "@floe/core";
import { askService } from "@floe/core";
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

  validateConnection(): Promise<ConnectionResult> {
    const { url, api_key } = this.#config;
    return askService(this.#context, {
      service: "Marquez",
      url,
      setting: "plugins.lineage_backend.config.url (the API's address, not the web page's)",
      path: "api/v1/namespaces",
      request: async () =>
        api_key === undefined
          ? {}
          : { headers: { authorization: `Bearer ${await this.#context.secrets.resolve(api_key)}` } },
      judge: (body) => (typeof body === "object" && body !== null && "namespaces" in body ? {} : undefined),
    });
  }
}
