import type { CatalogAuthorization, CatalogConfig } from "../interfaces/catalog.ts";
import type { SecretReference } from "../schemas/secret-reference.ts";

/**
 * The properties with which PyIceberg opens a REST catalog: `load_catalog(name, **properties)`.
 *
 * @param text What stands for a secret: its value for a process that is told it, or a placeholder in a file.
 * @see https://py.iceberg.apache.org/configuration/#rest-catalog
 */
export function pyicebergCatalogProperties(
  { uri, warehouse, authorization, properties }: CatalogConfig,
  text: (reference: SecretReference) => string,
): Record<string, string> {
  return { ...properties, type: "rest", uri, warehouse, ...authorizationProperties(authorization, text) };
}

function authorizationProperties(
  authorization: CatalogAuthorization,
  text: (reference: SecretReference) => string,
): Record<string, string> {
  switch (authorization.type) {
    case "none":
      return {};
    case "bearer":
      return { token: text(authorization.token) };
    case "oauth2": {
      const { clientId, clientSecret, serverUri, scope } = authorization;
      return {
        credential: `${text(clientId)}:${text(clientSecret)}`,
        ...(serverUri === undefined ? {} : { "oauth2-server-uri": serverUri }),
        ...(scope === undefined ? {} : { scope }),
      };
    }
    case "sigv4":
      return {
        "rest.sigv4-enabled": "true",
        "rest.signing-region": authorization.region,
        "rest.signing-name": authorization.service,
      };
  }
}

/** The secrets that a catalog's authorization names. */
export function catalogSecrets({ authorization }: CatalogConfig): SecretReference[] {
  switch (authorization.type) {
    case "bearer":
      return [authorization.token];
    case "oauth2":
      return [authorization.clientId, authorization.clientSecret];
    default:
      return [];
  }
}
