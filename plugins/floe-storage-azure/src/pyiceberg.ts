import type { AzureConfig } from "./config.ts";

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
