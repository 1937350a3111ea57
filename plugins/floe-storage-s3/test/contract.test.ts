import { testStoragePlugin } from "@floe/testkit";
import { requireMinio } from "@floe/tooling/minio";
import plugin from "floe-storage-s3";
import { afterAll } from "vitest";

const minio = await requireMinio();
const started = "missing" in minio ? undefined : minio;
await started?.makeBucket("lake");
afterAll(() => started?.[Symbol.asyncDispose]());

const key = {
  access_key_id: { source: "env", name: "LAKE_ACCESS_KEY_ID" },
  secret_access_key: { source: "env", name: "LAKE_SECRET_ACCESS_KEY" },
} as const;

const config = (endpoint: string) => ({
  bucket: "lake",
  prefix: "contract/s3",
  region: "eu-central-1",
  endpoint,
  path_style: true,
  ...key,
});

testStoragePlugin({
  plugin,
  config: config(started?.url ?? "http://127.0.0.1:9"),
  ...("missing" in minio ? { offline: minio.missing } : {}),
  invalidConfigs: [
    {},
    { bucket: "Not A Bucket" },
    { bucket: "lake", prefix: "/absolute" },
    { bucket: "lake", prefix: "a/../b" },
    { bucket: "lake", endpoint: "ftp://lake.example" },
    { bucket: "lake", endpoint: "lake.example:9000" },
    { bucket: "lake", part_size_mib: 4 },
    { bucket: "lake", access_key_id: key.access_key_id },
    { bucket: "lake", session_token: key.access_key_id },
    { bucket: "lake", secret_access_key: "plain text" },
  ],
  secrets: {
    LAKE_ACCESS_KEY_ID: started?.credentials.accessKeyId ?? "",
    LAKE_SECRET_ACCESS_KEY: started?.credentials.secretAccessKey ?? "",
  },
  packageJson: new URL("../package.json", import.meta.url),
  unreachable: ({ url }) => ({
    ...config(url),
    // A silent server must be told of within the kit's ten seconds.
    max_attempts: 2,
    connect_timeout_seconds: 1,
    read_timeout_seconds: 2,
  }),
});
