import { azureAccess, startAzure } from "@floe/tooling/azure-server";
import { AZURITE_START_LIMIT_MS } from "@floe/tooling/azurite";
import { testStoreAuthority } from "@floe/tooling/store-authority";
import plugin from "floe-storage-azure";

testStoreAuthority(
  plugin,
  async () => {
    const server = await startAzure({ tls: true });
    if ("missing" in server) return server;
    return { server, access: (more) => azureAccess(server, server.url, more) };
  },
  AZURITE_START_LIMIT_MS,
);
