import type { LineageTransport, NamespaceStrategy } from "@floe/core";
import type { Broken } from "../prove.ts";
import { lineageWith } from "../reference/lineage-backend.ts";

const transport = (change: Partial<LineageTransport>) => ({
  plugin: lineageWith((base) => ({
    getTransportConfig: () => ({ ...base.getTransportConfig(), ...structuredClone(change) }),
  })),
});
const namespace = (strategy: NamespaceStrategy) => ({
  plugin: lineageWith(() => ({ getNamespaceStrategy: () => ({ ...strategy }) })),
});

export const brokenLineage: readonly Broken<"lineage_backend">[] = [
  {
    fault: "gives the timeout in milliseconds",
    rule: "lineage.transport",
    options: transport({ timeout: 5000 }),
  },
  {
    fault: "puts a slash before the endpoint",
    rule: "lineage.transport",
    options: transport({ endpoint: "/api/v1/lineage" }),
  },
  {
    fault: "has the endpoint in the URL already",
    rule: "lineage.transport",
    options: transport({ url: "http://marquez:5000/api/v1/lineage" }),
  },
  {
    fault: "has a login in the URL",
    rule: "lineage.auth",
    options: transport({ url: "http://me:plain@marquez:5000" }),
  },
  {
    fault: "gives a token where the name of a variable is meant",
    rule: "lineage.auth",
    options: transport({ auth: { type: "api_key", apiKeyEnvironmentVariable: "abc.def-ghi" } }),
  },
  {
    fault: "has a placeholder that nobody fills",
    rule: "lineage.namespace",
    options: namespace({ strategy: "environment_based", template: "{environment}-{team}" }),
  },
  {
    fault: "has a strategy that its template doesn't follow",
    rule: "lineage.namespace",
    options: namespace({ strategy: "product_based", template: "floe-{environment}" }),
  },
  {
    fault: "hangs",
    rule: "connection.alive",
    also: [
      "config.untouched",
      "connection.aborted",
      "connection.refused",
      "connection.secret-missing",
      "connection.stalled",
      "connection.unauthorized",
      "lifecycle.stops",
      "secrets.nowhere",
    ],
    options: {
      plugin: lineageWith(() => ({ validateConnection: () => new Promise(() => {}) })),
      limitMs: 1_000,
    },
  },
];
