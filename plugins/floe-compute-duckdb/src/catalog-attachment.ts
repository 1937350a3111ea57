import type { CatalogConfig, SecretReference } from "@floe/core";
import type { AttachOptions } from "./attach-options.ts";
import { identifier, literal } from "./sql-text.ts";

/** What attaching an Iceberg REST catalog takes; avro reads the manifests, httpfs the files. */
const ICEBERG_EXTENSIONS = ["avro", "httpfs", "iceberg"];
/** The credential chain of AWS. */
const AWS_EXTENSION = "aws";

/** A catalog as DuckDB attaches it: what its SQL and dbt's profile say each in their own form. */
export interface CatalogAttachment {
  extensions: readonly string[];
  secret?: CatalogSecret;
  /** Options of ATTACH by name, without `type` and `secret`. */
  options: AttachOptions;
}

/** A secret of DuckDB. A parameter that is secret is a reference; a mapping is one to DuckDB too. */
export interface CatalogSecret {
  name: string;
  type: "iceberg" | "s3";
  provider?: "credential_chain";
  parameters: Readonly<Record<string, string | SecretReference | SecretMap>>;
}

/** Texts by name, told apart from a reference by its own key. */
export interface SecretMap {
  map: Readonly<Record<string, string>>;
}

/**
 * How to attach a catalog.
 *
 * @param further Options that the user adds or overrides.
 * @see https://duckdb.org/docs/1.5/core_extensions/iceberg/iceberg_options.html
 */
export function catalogAttachment(catalog: CatalogConfig, further: AttachOptions): CatalogAttachment {
  const { uri, authorization, properties = {} } = catalog;
  const headers = extraHeaders(properties);
  const name = `${catalog.name}_secret`;
  switch (authorization.type) {
    case "none":
      return {
        extensions: ICEBERG_EXTENSIONS,
        options: { endpoint: uri, authorization_type: "none", ...further },
      };
    // DuckDB counts a token among OAuth2, its default.
    case "bearer":
      return {
        extensions: ICEBERG_EXTENSIONS,
        secret: { name, type: "iceberg", parameters: { token: authorization.token, ...headers } },
        options: { endpoint: uri, ...further },
      };
    case "oauth2": {
      const { clientId, clientSecret, scope } = authorization;
      const serverUri = authorization.serverUri ?? `${uri.replace(/\/+$/, "")}/v1/oauth/tokens`;
      return {
        extensions: ICEBERG_EXTENSIONS,
        secret: {
          name,
          type: "iceberg",
          parameters: {
            client_id: clientId,
            client_secret: clientSecret,
            oauth2_server_uri: serverUri,
            ...(scope === undefined ? {} : { oauth2_scope: scope }),
            ...headers,
          },
        },
        options: { endpoint: uri, ...further },
      };
    }
    case "sigv4": {
      const { region, service } = authorization;
      return {
        extensions: [AWS_EXTENSION, ...ICEBERG_EXTENSIONS],
        secret: { name, type: "s3", provider: "credential_chain", parameters: { region } },
        options: {
          endpoint: uri,
          authorization_type: "sigv4",
          // Otherwise DuckDB reads both from the host's name, which must then be one of AWS.
          sigv4_region: region,
          sigv4_service: service,
          ...further,
        },
      };
    }
  }
}

/** HTTP headers that every request to the catalog has: Iceberg's clients take them as `header.<name>`. */
function extraHeaders(properties: Readonly<Record<string, string>>): Record<string, SecretMap> {
  const headers = Object.entries(properties)
    .filter(([key]) => key.startsWith("header."))
    .map(([key, value]) => [key.slice("header.".length), value]);
  return headers.length === 0 ? {} : { extra_http_headers: { map: Object.fromEntries(headers) } };
}

/**
 * `CREATE OR REPLACE SECRET "lake_secret" (TYPE iceberg, TOKEN '...')`.
 *
 * @param quote The SQL literal that stands for a secret.
 */
export function createSecretSql(
  { name, type, provider, parameters }: CatalogSecret,
  quote: (reference: SecretReference) => string,
): string {
  const parts = [
    `TYPE ${type}`,
    ...(provider === undefined ? [] : [`PROVIDER ${provider}`]),
    ...Object.entries(parameters).map(([key, value]) => `${key.toUpperCase()} ${parameterSql(value, quote)}`),
  ];
  return `CREATE OR REPLACE SECRET ${identifier(name)} (${parts.join(", ")})`;
}

function parameterSql(
  value: string | SecretReference | SecretMap,
  quote: (reference: SecretReference) => string,
): string {
  if (typeof value === "string") return literal(value);
  if (!("map" in value)) return quote(value);
  const pairs = Object.entries(value.map).map(([key, text]) => `${literal(key)}: ${literal(text)}`);
  return `MAP {${pairs.join(", ")}}`;
}

/** `ATTACH IF NOT EXISTS 'wh' AS "lake" (TYPE iceberg, ENDPOINT '...')`. */
export function attachSql(
  { name, warehouse }: CatalogConfig,
  { secret, options }: CatalogAttachment,
  readOnly: boolean,
): string {
  const parts = [
    "TYPE iceberg",
    ...(secret === undefined ? [] : [`SECRET ${identifier(secret.name)}`]),
    ...optionsSql(options),
    ...(readOnly ? ["READ_ONLY"] : []),
  ];
  return `ATTACH IF NOT EXISTS ${literal(warehouse)} AS ${identifier(name)} (${parts.join(", ")})`;
}

export function optionsSql(options: AttachOptions): string[] {
  return Object.entries(options).map(
    ([key, value]) => `${key.toUpperCase()} ${typeof value === "string" ? literal(value) : value}`,
  );
}
