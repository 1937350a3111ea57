import type { JsonObject, SecretReference } from "@floe/core";
import type { AzureConfig } from "./config.ts";

/**
 * What dbt-duckdb needs to reach the container: DuckDB's extension for Azure, and secrets that find their values
 * as Azure's tools do, or in environment variables where the manifest names them. There is one for each way to
 * write a location: Iceberg's `abfss://container@account...`, and DuckDB's own `az://container`.
 *
 * @see https://duckdb.org/docs/stable/core_extensions/azure
 */
export function dbtProfile(
  config: AzureConfig,
  connectionSecret: SecretReference | undefined,
  variableOf: (reference: SecretReference) => string,
): JsonObject {
  const { account, container, prefix, endpoint_suffix: suffix } = config;
  const folder = prefix === "" ? "" : `/${prefix}`;
  const env = (reference: SecretReference): string => `{{ env_var('${variableOf(reference)}') }}`;
  const way = wayIn(config, connectionSecret, env);
  return {
    extensions: ["azure"],
    secrets: [
      {
        type: "azure",
        name: "floe_storage",
        scope: `abfss://${container}@${account}.dfs.${suffix}${folder}`,
        ...way,
      },
      { type: "azure", name: "floe_storage_az", scope: `az://${container}${folder}`, ...way },
    ],
  };
}

/** How to sign in, as DuckDB's secrets have it, with `env` in place of each secret. */
export function wayIn(
  config: AzureConfig,
  connectionSecret: SecretReference | undefined,
  env: (reference: SecretReference) => string,
): Record<string, string> {
  const { account, endpoint_suffix: suffix, account_key, sas_token, client_secret } = config;
  const endpoint = config.endpoint?.replace(/\/+$/, "") ?? `https://${account}.blob.${suffix}`;
  const address = { account_name: account, endpoint: `blob.${suffix}` };
  const lake = config.dfs_endpoint?.replace(/\/+$/, "");
  const dfs = lake === undefined ? [] : [`DfsEndpoint=${lake}`];
  if (account_key !== undefined) {
    const { protocol } = new URL(endpoint);
    const parts = [
      `DefaultEndpointsProtocol=${protocol.slice(0, -1)}`,
      `AccountName=${account}`,
      `AccountKey=${env(account_key)}`,
      config.endpoint === undefined ? `EndpointSuffix=${suffix}` : `BlobEndpoint=${endpoint}`,
      ...dfs,
    ];
    return { connection_string: parts.join(";") };
  }
  if (sas_token !== undefined) {
    const parts = [`AccountName=${account}`, `BlobEndpoint=${endpoint}`, ...dfs];
    return { connection_string: [...parts, `SharedAccessSignature=${env(sas_token)}`].join(";") };
  }
  const { tenant_id = "", client_id = "" } = config;
  if (client_secret !== undefined) {
    return {
      provider: "service_principal",
      tenant_id,
      client_id,
      client_secret: env(client_secret),
      ...address,
    };
  }
  if (config.anonymous) return { provider: "config", ...address };
  const connection = config.connection_string ?? connectionSecret;
  return connection === undefined
    ? { provider: "credential_chain", ...address }
    : { connection_string: env(connection) };
}
