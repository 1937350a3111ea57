import { tmpdir } from "node:os";
import { createTestContext } from "@floe/testkit/check";
import plugin from "floe-storage-azure";
import { expect, it } from "vitest";

// The fields of dagster-azure's ADLS2PickleIOManager in 0.29.27, and none that isn't one of them.
it("Dagster's IO manager gets fields that it has", () => {
  const config = plugin.configSchema.parse({ account: "floe", container: "lake", prefix: "wh" });
  const storage = plugin.create(config, createTestContext({ kind: "storage", name: "azure", dir: tmpdir() }));
  expect(storage.getDagsterIoManagerConfig()).toEqual({
    adls2_file_system: "lake",
    adls2_prefix: "wh/dagster",
  });
});
