import type { CatalogConfig } from "@floe/core";

/** A name with a quote in it, which SQL must escape. */
const WAREHOUSE = "o'brien lake";

/** A catalog of each way to authorise. Made anew each time, so that no rule sees another's changes. */
export function sampleCatalogs(): CatalogConfig[] {
  const common = { name: "lake", uri: "https://catalog.example/api/catalog", warehouse: WAREHOUSE };
  return [
    { ...common, authorization: { type: "none" } },
    { ...common, authorization: { type: "bearer", token: { source: "env", name: "CATALOG_TOKEN" } } },
    {
      ...common,
      authorization: {
        type: "oauth2",
        clientId: { source: "kubernetes", name: "catalog-client", key: "client_id" },
        clientSecret: { source: "kubernetes", name: "catalog-client", key: "client_secret" },
        serverUri: "https://catalog.example/api/catalog/v1/oauth/tokens",
        scope: "PRINCIPAL_ROLE:ALL",
      },
    },
    { ...common, authorization: { type: "sigv4", region: "eu-central-1", service: "glue" } },
  ];
}
