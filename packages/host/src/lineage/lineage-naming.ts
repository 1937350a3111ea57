import type { LineageBackendPlugin, LineageTransport, Manifest } from "@floe/core";

/** How the product's jobs are named in lineage, and where events go. */
export interface LineageNaming {
  /** OpenLineage's job namespace. */
  jobNamespace: string;
  domain: string;
  /** Whether events are recorded at all. */
  enabled: boolean;
  /** Address that events are sent to; undefined where they stay in files. */
  endpoint: string | undefined;
  transport: LineageTransport | undefined;
}

/** Without a backend that has its own: one namespace for each environment. */
const DEFAULT_TEMPLATE = "floe-{environment}";
const DEFAULT_TIMEOUT_SECONDS = 5;

/** By the backend's strategy and the manifest; the manifest's endpoint goes before the backend's. */
export function lineageNaming(
  manifest: Manifest,
  backend: LineageBackendPlugin | undefined,
  { product, environment }: { product: string; environment: string },
): LineageNaming {
  const { lineage } = manifest.observability ?? {};
  const domain = domainOf(manifest);
  const template = backend?.getNamespaceStrategy().template ?? DEFAULT_TEMPLATE;
  const values: Record<string, string> = { environment, product, domain };
  const jobNamespace = template.replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
  const enabled = lineage?.enabled !== false && lineage?.transport !== "noop";
  const sends = enabled && lineage?.transport !== "console";
  const own = sends ? backend?.getTransportConfig() : undefined;
  const named =
    sends && lineage?.endpoint !== undefined
      ? {
          type: "http" as const,
          endpoint: "api/v1/lineage",
          timeout: DEFAULT_TIMEOUT_SECONDS,
          ...own,
          url: lineage.endpoint,
        }
      : own;
  const endpoint = named && `${named.url.replace(/\/+$/, "")}/${named.endpoint.replace(/^\/+/, "")}`;
  return { jobNamespace, domain, enabled, endpoint, transport: named };
}

/** The domain that a platform's manifest is of. */
export function domainOf({ scope, metadata }: Manifest): string {
  return scope === "domain" ? metadata.name : "default";
}
