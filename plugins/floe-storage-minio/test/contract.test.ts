import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { testStoragePlugin } from "@floe/testkit";
import { requireMinio } from "@floe/tooling/minio";
import plugin from "floe-storage-minio";
import { afterAll } from "vitest";

// Over TLS with an authority of its own: plain HTTP is what the tests of floe-storage-s3 use.
const minio = await requireMinio({ tls: true });
const started = "missing" in minio ? undefined : minio;
await started?.makeBucket("lake");
afterAll(() => started?.[Symbol.asyncDispose]());

const key = {
  access_key_id: { source: "env", name: "LAKE_ACCESS_KEY_ID" },
  secret_access_key: { source: "env", name: "LAKE_SECRET_ACCESS_KEY" },
} as const;

testStoragePlugin({
  plugin,
  config: ({ dir }: { dir: string }) => {
    writeFileSync(join(dir, "authority.pem"), started?.ca ?? "");
    return {
      endpoint: started?.url ?? "https://127.0.0.1:9",
      bucket: "lake",
      region: "eu-central-1",
      ca_file: "authority.pem",
      ...key,
    };
  },
  ...("missing" in minio ? { offline: minio.missing } : {}),
  invalidConfigs: [
    { bucket: "lake" },
    { endpoint: "http://minio:9000" },
    { endpoint: "minio:9000", bucket: "lake" },
    { endpoint: "http://minio:9000", bucket: "lake", role_arn: "arn:aws:iam::123456789012:role/lake" },
  ],
  secrets: {
    LAKE_ACCESS_KEY_ID: started?.credentials.accessKeyId ?? "",
    LAKE_SECRET_ACCESS_KEY: started?.credentials.secretAccessKey ?? "",
  },
  packageJson: new URL("../package.json", import.meta.url),
  unreachable: ({ url }) => ({
    endpoint: url,
    bucket: "lake",
    ...key,
    max_attempts: 2,
    connect_timeout_seconds: 1,
    read_timeout_seconds: 2,
  }),
});
