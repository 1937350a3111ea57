import { testStoragePlugin } from "@floe/testkit";
import { FAKE_GCS_START_LIMIT_MS } from "@floe/tooling/fake-gcs-server";
import { serviceAccountKey, startGcs } from "@floe/tooling/gcs-server";
import plugin from "floe-storage-gcs";
import { afterAll, describe } from "vitest";

const server = await startGcs();

describe.skipIf("missing" in server)("on fake-gcs-server", async () => {
  if ("missing" in server) return;
  afterAll(() => server[Symbol.asyncDispose](), FAKE_GCS_START_LIMIT_MS);

  testStoragePlugin({
    plugin,
    config: { bucket: "lake", prefix: "wh/test", endpoint: server.url, anonymous: true },
    unreachable: ({ url }) => ({
      bucket: "lake",
      endpoint: url,
      credentials: { source: "env", name: "GCS_KEY" },
      read_timeout_seconds: 2,
    }),
    secrets: { GCS_KEY: serviceAccountKey() },
    invalidConfigs: [
      {},
      { bucket: "Lake!" },
      { bucket: "lake", prefix: "/wh" },
      { bucket: "lake", prefix: "a/../b" },
      { bucket: "lake", endpoint: "storage.googleapis.com" },
      { bucket: "lake", anonymous: true, credentials_file: "key.json" },
      { bucket: "lake", hmac_key_id: { name: "hmac" } },
      { bucket: "lake", part_size_mib: 0 },
    ],
    packageJson: new URL("../package.json", import.meta.url),
  });
});
