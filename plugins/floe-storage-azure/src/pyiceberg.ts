import type { SecretReference } from "@floe/core";
import type { AzureConfig } from "./config.ts";
import { wayIn } from "./dbt-profile.ts";

/**
 * Properties with which PyIceberg opens the container, by adlfs, its own choice for `abfss://`. That signs in as
 * Azure's tools do, and reads `AZURE_STORAGE_CONNECTION_STRING`, `_ACCOUNT_KEY` and `_SAS_TOKEN`.
 *
 * @see https://py.iceberg.apache.org/configuration/#azure-data-lake
 */
export function pyicebergProperties(config: AzureConfig): Record<string, string> {
  const { account, endpoint_suffix: suffix, endpoint, anonymous } = config;
  const address = endpoint === undefined ? undefined : new URL(endpoint);
  return {
    "py-io-impl": "pyiceberg.io.fsspec.FsspecFileIO",
    "adls.account-name": account,
    // adlfs speaks https alone; an emulator's address stands in its connection string.
    ...(address === undefined
      ? { "adls.account-host": `${account}.blob.${suffix}` }
      : address.protocol === "https:"
        ? { "adls.account-host": address.host }
        : {}),
    ...(anonymous ? { "adls.anon": "true" } : {}),
  };
}

/** The credential that the manifest names, by the environment variables that it stands in. */
export function pyicebergSecrets(
  config: AzureConfig,
  connectionSecret: SecretReference | undefined,
  variableOf: (reference: SecretReference) => string,
): Record<string, string> {
  const env = (reference: SecretReference): string => `{{ env_var('${variableOf(reference)}') }}`;
  const { connection_string, tenant_id, client_id, client_secret } = wayIn(config, connectionSecret, env);
  if (connection_string !== undefined) return { "adls.connection-string": connection_string };
  if (client_secret === undefined) return {};
  return {
    "adls.tenant-id": tenant_id ?? "",
    "adls.client-id": client_id ?? "",
    "adls.client-secret": client_secret,
  };
}
