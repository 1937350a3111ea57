import type {
  CatalogAuthorization,
  CatalogConfig,
  JsonObject,
  SecretReference,
  SecretResolver,
} from "@floe/core";

/**
 * dlt's configuration of an Iceberg REST catalog: PyIceberg's properties, with secrets as the names of
 * environment variables.
 *
 * @see https://dlthub.com/docs/dlt-ecosystem/destinations/iceberg
 */
export function catalogDestination(
  { name, uri, warehouse, authorization, properties }: CatalogConfig,
  secrets: Pick<SecretResolver, "environmentVariable">,
): JsonObject {
  const variable = (reference: SecretReference): string =>
    `{{ env_var('${secrets.environmentVariable(reference)}') }}`;
  return {
    destination: "filesystem",
    table_format: "iceberg",
    iceberg_catalog_name: name,
    iceberg_catalog_type: "rest",
    iceberg_catalog_config: { ...properties, uri, warehouse, ...authorizationOf(authorization, variable) },
  };
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
