import { definePlugin, type PluginContext, type PluginImplementation } from "@floe/core";
import { type GateConfig, gateSchema, passResult } from "./server-gate.ts";

export type Lineage = PluginImplementation<"lineage_backend">;

function createLineage(config: GateConfig, context: PluginContext): Lineage {
  return {
    getTransportConfig: () => ({
      type: "http",
      url: "http://marquez:5000",
      endpoint: "api/v1/lineage",
      timeout: 5,
      auth: { type: "api_key", apiKeyEnvironmentVariable: "TOKEN" },
    }),
    getNamespaceStrategy: () => ({ strategy: "environment_based", template: "floe-{environment}" }),
    getHelmValues: () => ({ db: { enabled: true } }),
    validateConnection: () => passResult(config, context),
  };
}

/** The reference with parts of it replaced. */
export const lineageWith = (change: (base: Lineage) => Partial<Lineage>) =>
  definePlugin({
    kind: "lineage_backend",
    name: "sample",
    configSchema: gateSchema,
    create: (config, context) => {
      const base = createLineage(config, context);
      return { ...base, ...change(base) };
    },
  });
