import {
  type CatalogConfig,
  type JsonObject,
  pyicebergCatalogProperties,
  type SecretResolver,
} from "@floe/core";

/** The Python part's destination for an Iceberg REST catalog, with secrets as the names of environment variables. */
export function catalogDestination(
  catalog: CatalogConfig,
  secrets: Pick<SecretResolver, "environmentVariable">,
): JsonObject {
  const { type = "rest", ...config } = pyicebergCatalogProperties(
    catalog,
    (reference) => `{{ env_var('${secrets.environmentVariable(reference)}') }}`,
  );
  return {
    destination: "floe_ingestion_dlt.iceberg",
    iceberg_catalog_name: catalog.name,
    iceberg_catalog_type: type,
    iceberg_catalog_config: config,
  };
}
