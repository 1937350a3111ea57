import { FAKE_GCS_START_LIMIT_MS } from "@floe/tooling/fake-gcs-server";
import { gcsAccess, startGcs } from "@floe/tooling/gcs-server";
import { testStoreVolume } from "@floe/tooling/store-volume";
import plugin from "floe-storage-gcs";

testStoreVolume(
  plugin,
  import.meta.resolve("floe-storage-gcs"),
  async () => {
    const server = await startGcs({ inFiles: true });
    return "missing" in server ? server : { ...server, access: gcsAccess(server.url) };
  },
  FAKE_GCS_START_LIMIT_MS,
  // With each part fake-gcs-server hashes all that it has.
  { largeMib: 256 },
);
