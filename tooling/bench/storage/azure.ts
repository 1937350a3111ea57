import { join } from "node:path";
import { createPythonRuntime } from "@floe/host";
import { installRclone } from "../../services/rclone.ts";
import { azureAccess, startAzure } from "../../test/storage/azure-server.ts";
import type { BenchedStore } from "./bench.ts";

const here = import.meta.dirname;

/** Azure's Blob service on Azurite, beside Azure's SDK, PyArrow and adlfs. */
export async function azure(): Promise<BenchedStore> {
  const server = await startAzure();
  if ("missing" in server) throw new Error(server.missing);
  const { url, account, connectionString } = server;
  const runtime = createPythonRuntime({ env: process.env, projectDir: here });
  const { python } = await runtime.environment({ requirements: join(here, "tools.txt") });
  const { host } = new URL(url);
  const reach = {
    plugin: import.meta.resolve("floe-storage-azure"),
    access: azureAccess(server, url),
    bucket: "lake",
    rclone: await installRclone(),
    connectionString,
    pyarrow: {
      file_system: "AzureFileSystem",
      options: {
        account_name: account.name,
        account_key: account.key,
        blob_storage_authority: host,
        blob_storage_scheme: "http",
        dfs_storage_authority: host,
        dfs_storage_scheme: "http",
      },
    },
    fsspec: { protocol: "abfs", options: { connection_string: connectionString } },
  };
  return {
    name: "azure",
    reach,
    subjects: [
      { name: "floe-storage-azure", program: process.execPath, script: join(here, "with-floe.ts") },
      { name: "Azure's SDK", program: process.execPath, script: join(here, "azure-sdk.ts") },
      { name: "PyArrow", program: python, script: join(here, "pyarrow_store.py") },
      { name: "adlfs", program: python, script: join(here, "fsspec_store.py") },
      { name: "rclone", program: python, script: join(here, "rclone.py") },
    ],
    env: {
      RCLONE_CONFIG_LAKE_TYPE: "azureblob",
      RCLONE_CONFIG_LAKE_CONNECTION_STRING: connectionString,
    },
    [Symbol.asyncDispose]: server[Symbol.asyncDispose],
  };
}
