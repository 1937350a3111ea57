import { join } from "node:path";
import { createPythonRuntime } from "@floe/host";
import { installRclone } from "../../services/rclone.ts";
import { gcsAccess, startGcs } from "../../test/storage/gcs-server.ts";
import type { BenchedStore } from "./bench.ts";

const here = import.meta.dirname;

/** Cloud Storage on fake-gcs-server, beside Google's SDK, PyArrow and gcsfs. */
export async function gcs(): Promise<BenchedStore> {
  const server = await startGcs({ inFiles: true });
  if ("missing" in server) throw new Error(server.missing);
  const { url } = server;
  const runtime = createPythonRuntime({ env: process.env, projectDir: here });
  const { python } = await runtime.environment({ requirements: join(here, "tools.txt") });
  const reach = {
    plugin: import.meta.resolve("floe-storage-gcs"),
    access: gcsAccess(url),
    bucket: "lake",
    rclone: await installRclone(),
    client: { apiEndpoint: url, projectId: "test" },
    pyarrow: {
      file_system: "GcsFileSystem",
      options: { anonymous: true, scheme: "http", endpoint_override: new URL(url).host },
    },
    fsspec: { protocol: "gs", options: { token: "anon", endpoint_url: url } },
  };
  return {
    name: "gcs",
    reach,
    subjects: [
      { name: "floe-storage-gcs", program: process.execPath, script: join(here, "with-floe.ts") },
      { name: "Google's SDK", program: process.execPath, script: join(here, "gcs-sdk.ts") },
      { name: "PyArrow", program: python, script: join(here, "pyarrow_store.py") },
      { name: "gcsfs", program: python, script: join(here, "fsspec_store.py") },
      { name: "rclone", program: python, script: join(here, "rclone.py") },
    ],
    env: {
      RCLONE_CONFIG_LAKE_TYPE: "google cloud storage",
      RCLONE_CONFIG_LAKE_ANONYMOUS: "true",
      RCLONE_CONFIG_LAKE_ENDPOINT: `${url}/storage/v1/`,
      RCLONE_CONFIG_LAKE_BUCKET_POLICY_ONLY: "true",
    },
    [Symbol.asyncDispose]: server[Symbol.asyncDispose],
  };
}
