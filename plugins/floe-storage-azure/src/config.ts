import { secretReferenceSchema } from "@floe/core";
import { isPrefix, objectStoreFields } from "@floe/core/storage";
import { z } from "zod";

export const configSchema = z
  .strictObject({
    account: z
      .string()
      .regex(/^[a-z0-9]{3,24}$/, "must be a storage account's name")
      .describe("Storage account."),
    container: z
      .string()
      .regex(/^[a-z0-9](-?[a-z0-9]){2,62}$/, "must be a container's name")
      .describe("Container of the warehouse."),
    prefix: z
      .string()
      .refine(isPrefix, "must be a folder such as lake/prod, without a slash at either end")
      .default("")
      .describe("Folder of the warehouse in the container; the whole container where empty."),
    endpoint_suffix: z
      .string()
      .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, "must be a domain")
      .default("core.windows.net")
      .describe("Domain of the cloud: core.chinacloudapi.cn, core.usgovcloudapi.net."),
    endpoint: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe(
        "Address of the Blob service in place of https://<account>.blob.<endpoint_suffix>: an emulator, a custom domain.",
      ),
    dfs_endpoint: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe(
        "Address of the Data Lake service in place of https://<account>.dfs.<endpoint_suffix>, at which DuckDB writes Iceberg tables; with account_key or sas_token.",
      ),
    ca_file: z
      .string()
      .min(1)
      .optional()
      .describe(
        "PEM file of the certificate authority behind a private endpoint, from the product's folder.",
      ),
    account_key: secretReferenceSchema
      .optional()
      .describe("Secret that holds a key of the account. Without any secret: DefaultAzureCredential."),
    sas_token: secretReferenceSchema
      .optional()
      .describe("Secret that holds a shared access signature, with or without a question mark."),
    connection_string: secretReferenceSchema
      .optional()
      .describe("Secret that holds a connection string of the account."),
    tenant_id: z
      .string()
      .min(1)
      .optional()
      .describe("Tenant to sign in to, where it isn't the environment's."),
    client_id: z
      .string()
      .min(1)
      .optional()
      .describe("Client to sign in as: of a managed identity, a workload identity, or with client_secret."),
    client_secret: secretReferenceSchema
      .optional()
      .describe("Secret that holds the secret of client_id in tenant_id."),
    anonymous: z.boolean().default(false).describe("Whether to send no credential: public containers."),
    max_attempts: objectStoreFields.max_attempts,
    read_timeout_seconds: objectStoreFields.read_timeout_seconds,
    part_size_mib: z
      .int()
      .min(1)
      .max(4000)
      .default(8)
      .describe("Size of the blocks that larger files are uploaded in, in MiB."),
    upload_concurrency: z
      .int()
      .min(1)
      .max(32)
      .default(4)
      .describe("Blocks of one file that are uploaded at a time."),
    download_concurrency: objectStoreFields.download_concurrency,
  })
  .refine(
    ({ account_key, sas_token, connection_string, client_secret, anonymous }) =>
      [account_key, sas_token, connection_string, client_secret, anonymous || undefined].filter(
        (given) => given !== undefined,
      ).length <= 1,
    {
      path: ["account_key"],
      error: "give one of account_key, sas_token, connection_string, client_secret and anonymous",
    },
  )
  .refine(
    ({ dfs_endpoint, account_key, sas_token }) =>
      dfs_endpoint === undefined || account_key !== undefined || sas_token !== undefined,
    {
      path: ["dfs_endpoint"],
      error: "dfs_endpoint needs account_key or sas_token; in a connection string it is DfsEndpoint",
    },
  )
  .refine(
    ({ client_secret, client_id, tenant_id }) =>
      client_secret === undefined || (client_id !== undefined && tenant_id !== undefined),
    { path: ["client_secret"], error: "client_secret needs client_id and tenant_id" },
  );

export type AzureConfig = z.output<typeof configSchema>;
