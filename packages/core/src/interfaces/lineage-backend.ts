import type { ConnectionResult, JsonObject, Plugin } from "./plugin.ts";

/**
 * Where lineage is stored and looked at (ADR-0035). Events go there directly over HTTP, not through the
 * Collector, so it is independent of the telemetry backend. Entry points: `floe.lineage_backends`.
 */
export interface LineageBackendPlugin extends Plugin {
  /** How OpenLineage events reach the backend. Pure. */
  getTransportConfig(): LineageTransport;

  /** How namespaces of jobs are formed. Pure. */
  getNamespaceStrategy(): NamespaceStrategy;

  /** Values for the backend's chart; `{}` where it is a service outside. Pure. */
  getHelmValues(): JsonObject;

  /** Whether the backend answers and takes events. Limit 10 s. Never throws for what a user can get wrong. */
  validateConnection(): Promise<ConnectionResult>;
}

/** OpenLineage's HTTP transport, in the spelling of its clients. */
export interface LineageTransport {
  type: "http";
  /** The backend's base URL: `http://marquez:5000`. */
  url: string;
  /** Path below it that takes events: `api/v1/lineage`. No slash in front. */
  endpoint: string;
  /** Limit on one request in seconds. */
  timeout: number;
  /** Name of the environment variable that holds the bearer token; absent without one. */
  auth?: { type: "api_key"; apiKeyEnvironmentVariable: string };
  /** How often a failed event is tried again later is the host's; this is which events the backend wants. */
  eventTypes?: readonly ("START" | "COMPLETE" | "FAIL" | "ABORT")[];
}

export interface NamespaceStrategy {
  /** `static`: one namespace for all; the others fill the template. */
  strategy: "static" | "environment_based" | "product_based";
  /** `floe-{environment}`; the placeholders are `environment`, `product` and `domain`. */
  template: string;
  /** The environment variable that names the environment. Default `FLOE_ENVIRONMENT`. */
  environmentVar?: string;
}
