import { azureAccess, startAzure } from "@floe/tooling/azure-server";
import { AZURITE_START_LIMIT_MS } from "@floe/tooling/azurite";
import { testStoreVolume } from "@floe/tooling/store-volume";
import plugin from "floe-storage-azure";

testStoreVolume(
  plugin,
  import.meta.resolve("floe-storage-azure"),
  async () => {
    const server = await startAzure();
    return "missing" in server ? server : { ...server, access: azureAccess(server, server.url) };
  },
  AZURITE_START_LIMIT_MS,
);
