import { FAKE_GCS_START_LIMIT_MS } from "@floe/tooling/fake-gcs-server";
import { gcsAccess, startGcs } from "@floe/tooling/gcs-server";
import { testStoreAuthority } from "@floe/tooling/store-authority";
import plugin from "floe-storage-gcs";

testStoreAuthority(
  plugin,
  async () => {
    const server = await startGcs({ tls: true });
    if ("missing" in server) return server;
    return { server, access: (more) => gcsAccess(server.url, more) };
  },
  FAKE_GCS_START_LIMIT_MS,
);
