import type { CatalogAuthorization, CatalogConfig, SecretReference } from "@floe/core";
import { environmentReference, identifier, literal } from "./sql-text.ts";

/** Gives the environment variable behind a secret. */
export type NameSecret = (reference: SecretReference) => string;

/** What attaching an Iceberg REST catalog takes; avro reads the manifests, httpfs the files. */
export const ICEBERG_EXTENSIONS = ["avro", "httpfs", "iceberg"];
/** Signing and the credential chain of AWS. */
const AWS_EXTENSION = "aws";

/**
 * Statements that attach an Iceberg REST catalog under its name, in order.
 *
 * @see https://duckdb.org/docs/1.5/core_extensions/iceberg/iceberg_options.html
 */
export function catalogAttachment(catalog: CatalogConfig, nameSecret: NameSecret): string[] {
  const { name, uri, warehouse, authorization } = catalog;
  const extensions = extensionsFor(catalog);
  const secretName = `${name}_secret`;
  const secret = createSecret(secretName, catalog, nameSecret);
  const options = [
    "TYPE iceberg",
    `ENDPOINT ${literal(uri)}`,
    ...(secret === undefined ? [] : [`SECRET ${identifier(secretName)}`]),
    ...authorizationType(authorization),
  ];
  return [
    ...extensions.map((extension) => `INSTALL ${extension}`),
    ...extensions.map((extension) => `LOAD ${extension}`),
    ...(secret === undefined ? [] : [secret]),
    `ATTACH IF NOT EXISTS ${literal(warehouse)} AS ${identifier(name)} (${options.join(", ")})`,
  ];
}

export function extensionsFor({ authorization }: CatalogConfig): string[] {
  return authorization.type === "sigv4" ? [AWS_EXTENSION, ...ICEBERG_EXTENSIONS] : [...ICEBERG_EXTENSIONS];
}

/** The options of the ATTACH that tell how to authorise; OAuth2 is DuckDB's default. */
export function authorizationType({ type }: CatalogAuthorization): string[] {
  if (type === "none" || type === "sigv4") return [`AUTHORIZATION_TYPE ${literal(type)}`];
  return [];
}

/** What a catalog's secret holds, by DuckDB's names; undefined where it needs none. */
export function secretParameters(
  { uri, authorization }: CatalogConfig,
  nameSecret: NameSecret,
): Record<string, string> | undefined {
  const value = (reference: SecretReference): string => environmentReference(nameSecret(reference));
  switch (authorization.type) {
    case "none":
      return undefined;
    case "bearer":
      return { type: "iceberg", token: value(authorization.token) };
    case "oauth2":
      return {
        type: "iceberg",
        client_id: value(authorization.clientId),
        client_secret: value(authorization.clientSecret),
        oauth2_server_uri: authorization.serverUri ?? `${uri.replace(/\/+$/, "")}/v1/oauth/tokens`,
        ...(authorization.scope === undefined ? {} : { oauth2_scope: authorization.scope }),
      };
    case "sigv4":
      return { type: "s3", provider: "credential_chain", region: authorization.region };
  }
}

function createSecret(name: string, catalog: CatalogConfig, nameSecret: NameSecret): string | undefined {
  const parameters = secretParameters(catalog, nameSecret);
  if (parameters === undefined) return undefined;
  const { type, provider, ...values } = parameters;
  const parts = [
    `TYPE ${type}`,
    ...(provider === undefined ? [] : [`PROVIDER ${provider}`]),
    ...Object.entries(values).map(([key, value]) => `${key.toUpperCase()} ${quoted(value)}`),
  ];
  return `CREATE OR REPLACE SECRET ${identifier(name)} (${parts.join(", ")})`;
}

/** A placeholder is put in quotes as it is: its own quotes are the template's, not SQL's. */
function quoted(value: string): string {
  return value.startsWith("{{") ? `'${value}'` : literal(value);
}
