import type { JsonObject, SecretReference } from "@floe/core";
import type { S3Config } from "./config.ts";
import type { KeyReferences } from "./credentials.ts";

/**
 * What dbt-duckdb needs to reach the bucket: extensions, and a secret of DuckDB's that holds no secret. It
 * finds credentials by AWS's own chain, or by environment variables where the manifest names a key.
 *
 * @see https://github.com/duckdb/dbt-duckdb#using-the-duckdb-secrets-manager
 * @see https://duckdb.org/docs/stable/core_extensions/httpfs/s3api
 */
export function dbtProfile(
  config: S3Config,
  key: KeyReferences | undefined,
  variableOf: (reference: SecretReference) => string,
): JsonObject {
  const { bucket, prefix, region, endpoint, path_style, ca_file } = config;
  const address = endpoint === undefined ? undefined : new URL(endpoint);
  const env = (reference: SecretReference): string => `{{ env_var('${variableOf(reference)}') }}`;
  const secret = {
    type: "s3",
    name: "floe_storage",
    scope: `s3://${[bucket, prefix].filter(Boolean).join("/")}`,
    ...(key === undefined
      ? chainOf(config)
      : {
          provider: "config",
          key_id: env(key.accessKeyId),
          secret: env(key.secretAccessKey),
          ...(key.sessionToken === undefined ? {} : { session_token: env(key.sessionToken) }),
        }),
    ...(region === undefined ? {} : { region }),
    ...(address === undefined
      ? {}
      : {
          endpoint: address.host + address.pathname.replace(/\/$/, ""),
          use_ssl: address.protocol === "https:",
        }),
    ...(address === undefined && !path_style ? {} : { url_style: path_style ? "path" : "vhost" }),
  };
  return {
    // The chain is in an extension of its own.
    extensions: key === undefined ? ["aws", "httpfs"] : ["httpfs"],
    secrets: [secret],
    ...(ca_file === undefined
      ? {}
      : { settings: { ca_cert_file: ca_file, enable_server_cert_verification: true } }),
  };
}

function chainOf({ profile, role_arn }: S3Config): JsonObject {
  return {
    provider: "credential_chain",
    ...(profile === undefined ? {} : { profile }),
    ...(role_arn === undefined ? {} : { chain: "sts", assume_role_arn: role_arn }),
  };
}
