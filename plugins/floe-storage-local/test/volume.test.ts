import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testStoreVolume } from "@floe/tooling/store-volume";
import plugin from "floe-storage-local";

testStoreVolume(
  plugin,
  import.meta.resolve("floe-storage-local"),
  async () => {
    const path = mkdtempSync(join(tmpdir(), "floe-volume-"));
    return {
      access: { config: { path } },
      [Symbol.asyncDispose]: async () => rmSync(path, { recursive: true, force: true }),
    };
  },
  10_000,
);
