import { join } from "node:path";
import { createPythonRuntime } from "@floe/host";
import { installRclone } from "../../services/rclone.ts";
import { s3Access, startS3 } from "../../test/storage/s3-server.ts";
import type { BenchedStore } from "./bench.ts";

const here = import.meta.dirname;

/** S3 on a MinIO, beside AWS's SDK and command line and PyArrow. */
export async function s3(): Promise<BenchedStore> {
  const minio = await startS3();
  if ("missing" in minio) throw new Error(minio.missing);
  const { url, region, credentials } = minio;
  const { accessKeyId, secretAccessKey } = credentials;
  const runtime = createPythonRuntime({ env: process.env, projectDir: here });
  const { python } = await runtime.environment({ requirements: join(here, "tools.txt") });
  const reach = {
    plugin: import.meta.resolve("floe-storage-s3"),
    access: s3Access(minio, url, credentials),
    bucket: "lake",
    rclone: await installRclone(),
    client: { endpoint: url, region, credentials, forcePathStyle: true },
    pyarrow: {
      file_system: "S3FileSystem",
      options: { access_key: accessKeyId, secret_key: secretAccessKey, endpoint_override: url, region },
    },
  };
  return {
    name: "s3",
    reach,
    subjects: [
      { name: "floe-storage-s3", program: process.execPath, script: join(here, "with-floe.ts") },
      { name: "AWS SDK, lib-storage", program: process.execPath, script: join(here, "s3-sdk.ts") },
      { name: "PyArrow", program: python, script: join(here, "pyarrow_store.py") },
      { name: "AWS CLI", program: python, script: join(here, "s3_cli.py") },
      { name: "rclone", program: python, script: join(here, "rclone.py") },
    ],
    env: {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: region,
      AWS_ENDPOINT_URL: url,
      AWS_EC2_METADATA_DISABLED: "true",
      RCLONE_CONFIG_LAKE_TYPE: "s3",
      RCLONE_CONFIG_LAKE_PROVIDER: "Minio",
      RCLONE_CONFIG_LAKE_ENV_AUTH: "true",
      RCLONE_CONFIG_LAKE_ENDPOINT: url,
      RCLONE_CONFIG_LAKE_REGION: region,
    },
    [Symbol.asyncDispose]: minio[Symbol.asyncDispose],
  };
}
