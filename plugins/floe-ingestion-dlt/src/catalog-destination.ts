import type {
  CatalogAuthorization,
  CatalogConfig,
  JsonObject,
  SecretReference,
  SecretResolver,
} from "@floe/core";

/**
 * The Python part's destination for an Iceberg REST catalog: PyIceberg's properties, with secrets as the
 * names of environment variables.
 *
 * @see https://py.iceberg.apache.org/configuration/#rest-catalog
 */
export function catalogDestination(
  { name, uri, warehouse, authorization, properties }: CatalogConfig,
  secrets: Pick<SecretResolver, "environmentVariable">,
): JsonObject {
  const variable = (reference: SecretReference): string =>
    `{{ env_var('${secrets.environmentVariable(reference)}') }}`;
  return {
    destination: "floe_ingestion_dlt.iceberg",
    iceberg_catalog_name: name,
    iceberg_catalog_type: "rest",
    iceberg_catalog_config: { ...properties, uri, warehouse, ...authorizationOf(authorization, variable) },
  };
}

/** The secrets that a catalog is reached with. */
export function secretsOf({ authorization }: CatalogConfig): SecretReference[] {
  switch (authorization.type) {
    case "bearer":
      return [authorization.token];
    case "oauth2":
      return [authorization.clientId, authorization.clientSecret];
    default:
      return [];
  }
}

function authorizationOf(
  authorization: CatalogAuthorization,
  variable: (reference: SecretReference) => string,
): JsonObject {
  switch (authorization.type) {
    case "bearer":
      return { token: variable(authorization.token) };
    case "oauth2":
      return {
        credential: `${variable(authorization.clientId)}:${variable(authorization.clientSecret)}`,
        ...(authorization.serverUri === undefined ? {} : { "oauth2-server-uri": authorization.serverUri }),
        ...(authorization.scope === undefined ? {} : { scope: authorization.scope }),
      };
    case "sigv4":
      return {
        "rest.sigv4-enabled": "true",
        "rest.signing-region": authorization.region,
        "rest.signing-name": authorization.service,
      };
    default:
      return {};
  }
}
