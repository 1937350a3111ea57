import type { Agent } from "node:http";
import type { ClientSecretCredential, DefaultAzureCredential } from "@azure/identity";
import type * as Sdk from "@azure/storage-blob";
import { FloeError, type PluginContext, type SecretReference } from "@floe/core";
import type { AzureConfig } from "./config.ts";

/**
 * A client of the account, with what the configuration names, else as Azure's tools sign in: environment,
 * workload identity, managed identity, Azure CLI.
 *
 * @param connecting How to connect; the pipeline takes more than the type of its options says.
 * @throws FloeError `SECRET.*`, `CONNECTION.UNAUTHORIZED`.
 */
export async function signIn(
  sdk: typeof Sdk,
  config: AzureConfig,
  endpoint: string,
  context: PluginContext,
  connecting: { agent?: Agent },
): Promise<Sdk.BlobServiceClient> {
  // Attempts are floe's own, so that every store has the same.
  const options: Sdk.StoragePipelineOptions = { retryOptions: { maxTries: 1 }, ...connecting };
  const { BlobServiceClient, StorageSharedKeyCredential, AnonymousCredential } = sdk;
  const { account, account_key, sas_token, connection_string } = config;
  const secret = (reference: SecretReference): Promise<string> => context.secrets.resolve(reference);
  if (config.anonymous) return new BlobServiceClient(endpoint, new AnonymousCredential(), options);
  if (account_key !== undefined) {
    const key = await secret(account_key);
    return new BlobServiceClient(endpoint, new StorageSharedKeyCredential(account, key), options);
  }
  if (sas_token !== undefined) {
    const token = (await secret(sas_token)).replace(/^\?/, "");
    return new BlobServiceClient(`${endpoint}?${token}`, new AnonymousCredential(), options);
  }
  const connection = connection_string ?? (config.client_secret ? undefined : context.connectionSecret);
  if (connection !== undefined) return fromConnectionString(sdk, await secret(connection), account, options);
  return new BlobServiceClient(endpoint, await entraCredential(config, secret), options);
}

function fromConnectionString(
  { BlobServiceClient }: typeof Sdk,
  text: string,
  account: string,
  options: Sdk.StoragePipelineOptions,
): Sdk.BlobServiceClient {
  let client: Sdk.BlobServiceClient | undefined;
  try {
    client = BlobServiceClient.fromConnectionString(text, options);
  } catch {
    // What the SDK says of it may quote it.
  }
  if (client === undefined) {
    throw new FloeError("CONNECTION.UNAUTHORIZED", "The connection string can't be used.", {
      why: "It isn't one of an Azure storage account.",
      next: [`az storage account show-connection-string --name ${account}`],
    });
  }
  if (client.accountName !== "" && client.accountName !== account) {
    throw new FloeError("CONNECTION.UNAUTHORIZED", "The connection string is of another account.", {
      why: `It is of ${client.accountName}, and the manifest has ${account}.`,
      next: ["Correct plugins.storage.config.account in manifest.yaml, or the secret."],
    });
  }
  return client;
}

async function entraCredential(
  { tenant_id, client_id, client_secret }: AzureConfig,
  secret: (reference: SecretReference) => Promise<string>,
): Promise<ClientSecretCredential | DefaultAzureCredential> {
  const identity = await import("@azure/identity");
  if (client_secret !== undefined && tenant_id !== undefined && client_id !== undefined) {
    return new identity.ClientSecretCredential(tenant_id, client_id, await secret(client_secret));
  }
  return new identity.DefaultAzureCredential({
    ...(tenant_id === undefined ? {} : { tenantId: tenant_id }),
    ...(client_id === undefined
      ? {}
      : { managedIdentityClientId: client_id, workloadIdentityClientId: client_id }),
  });
}
