import { tmpdir } from "node:os";
import { createTestContext } from "@floe/testkit/check";
import plugin from "floe-storage-gcs";
import { expect, it } from "vitest";

// The fields of dagster-gcp's GCSPickleIOManager in 0.29.27, and none that isn't one of them.
it("Dagster's IO manager gets fields that it has", () => {
  const config = plugin.configSchema.parse({ bucket: "lake", prefix: "wh" });
  const storage = plugin.create(config, createTestContext({ kind: "storage", name: "gcs", dir: tmpdir() }));
  expect(storage.getDagsterIoManagerConfig()).toEqual({ gcs_bucket: "lake", gcs_prefix: "wh/dagster" });
});
