import type { JsonObject, SecretReference } from "@floe/core";
import type { GcsConfig } from "./config.ts";

/**
 * What dbt-duckdb needs to reach the bucket: DuckDB speaks to Cloud Storage by its S3-compatible API, with an
 * HMAC key or a token, from environment variables. Without either it reads public buckets.
 *
 * @see https://duckdb.org/docs/stable/guides/network_cloud_storage/gcs_import
 */
export function dbtProfile(
  config: GcsConfig,
  variableOf: (reference: SecretReference) => string,
): JsonObject {
  const { bucket, prefix, endpoint, hmac_key_id, hmac_secret, access_token } = config;
  const env = (reference: SecretReference): string => `{{ env_var('${variableOf(reference)}') }}`;
  const key =
    hmac_key_id !== undefined && hmac_secret !== undefined
      ? { key_id: env(hmac_key_id), secret: env(hmac_secret) }
      : access_token !== undefined
        ? { bearer_token: env(access_token) }
        : undefined;
  const address = endpoint === undefined ? undefined : new URL(endpoint);
  if (key === undefined && address === undefined) return { extensions: ["httpfs"] };
  return {
    extensions: ["httpfs"],
    secrets: [
      {
        type: "gcs",
        name: "floe_storage",
        scope: `gs://${[bucket, prefix].filter(Boolean).join("/")}`,
        ...key,
        ...(address === undefined
          ? {}
          : { endpoint: address.host, use_ssl: address.protocol === "https:", url_style: "path" }),
      },
    ],
  };
}
