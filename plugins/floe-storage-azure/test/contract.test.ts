import { randomBytes } from "node:crypto";
import { testStoragePlugin } from "@floe/testkit";
import { startAzure } from "@floe/tooling/azure-server";
import { AZURITE_START_LIMIT_MS } from "@floe/tooling/azurite";
import plugin from "floe-storage-azure";
import { afterAll, describe } from "vitest";

const server = await startAzure({ inMemory: true });
const key = { source: "env", name: "AZURE_KEY" };
const base = { account: "floe", container: "lake" };

describe.skipIf("missing" in server)("on Azurite", async () => {
  if ("missing" in server) return;
  afterAll(() => server[Symbol.asyncDispose](), AZURITE_START_LIMIT_MS);

  testStoragePlugin({
    plugin,
    config: { ...base, prefix: "wh/test", endpoint: server.endpoint, account_key: key },
    unreachable: ({ url }) => ({
      ...base,
      endpoint: `${url}/floe`,
      account_key: { source: "env", name: "OTHER_KEY" },
      read_timeout_seconds: 2,
    }),
    secrets: { AZURE_KEY: server.account.key, OTHER_KEY: randomBytes(64).toString("base64") },
    invalidConfigs: [
      {},
      { account: "floe" },
      { ...base, account: "Not-A-Name" },
      { ...base, container: "a--b" },
      { ...base, prefix: "/wh" },
      { ...base, prefix: "a/../b" },
      { ...base, endpoint: "floe.blob.core.windows.net" },
      { ...base, account_key: key, anonymous: true },
      { ...base, client_secret: key },
      { ...base, part_size_mib: 0 },
    ],
    packageJson: new URL("../package.json", import.meta.url),
  });
});
