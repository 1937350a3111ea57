import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestContext } from "@floe/testkit/check";
import { MINIO_START_LIMIT_MS, type RunningMinio, requireMinio } from "@floe/tooling/minio";
import {
  DUCKDB_ROUND_TRIP,
  PYICEBERG_ROUND_TRIP,
  PYTHON_LIMIT_MS,
  runStoragePython,
} from "@floe/tooling/storage-python";
import plugin from "floe-storage-minio";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const dir = mkdtempSync(join(tmpdir(), "floe-minio-"));
let minio: RunningMinio | { missing: string } = { missing: "not started" };

beforeAll(async () => {
  minio = await requireMinio({ tls: true, folders: ["lake"] });
  if (!("missing" in minio)) writeFileSync(join(dir, "authority.pem"), minio.ca ?? "");
}, MINIO_START_LIMIT_MS);

afterAll(async () => {
  if (!("missing" in minio)) await minio[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

function open({ url, region, credentials }: RunningMinio, more: object = {}) {
  const secrets = { LAKE_ID: credentials.accessKeyId, LAKE_KEY: credentials.secretAccessKey };
  const context = createTestContext({ kind: "storage", name: "minio", dir, secrets });
  const config = {
    bucket: "lake",
    endpoint: url,
    region,
    access_key_id: { source: "env", name: "LAKE_ID" },
    secret_access_key: { source: "env", name: "LAKE_KEY" },
    ...more,
  };
  return plugin.create(plugin.configSchema.parse(config), context);
}

const authority = join(dir, "authority.pem");
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("behind a certificate of one's own authority", { timeout: PYTHON_LIMIT_MS }, () => {
  it("PyIceberg and DuckDB find the same files as floe", async ({ skip }) => {
    if ("missing" in minio) return skip(minio.missing);
    const storage = open(minio, { ca_file: authority });
    const location = "s3://lake/there.txt";
    await storage.getFileIO().newOutput(location).write(bytes("there"));
    const { accessKeyId, secretAccessKey } = minio.credentials;
    const pyiceberg = runStoragePython(PYICEBERG_ROUND_TRIP, {
      given: { properties: storage.getPyicebergProperties(), location, other: "s3://lake/python.txt" },
      env: {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_CA_BUNDLE: authority,
      },
    });
    expect(await pyiceberg).toEqual(["FsspecFileIO", "there", 14]);
    const duckdb = (profile: object): Promise<unknown> =>
      runStoragePython(DUCKDB_ROUND_TRIP, {
        given: { profile, location, other: "s3://lake/numbers.parquet" },
        env: { LAKE_ID: accessKeyId, LAKE_KEY: secretAccessKey },
      });
    expect(await duckdb(storage.getDbtProfileConfig())).toEqual(["there", 499_500]);
    await expect(duckdb(open(minio).getDbtProfileConfig())).rejects.toThrow(/certificate|SSL/i);
  });

  it("nothing is sent to a server whose authority isn't known", async ({ skip }) => {
    if ("missing" in minio) return skip(minio.missing);
    const output = open(minio).getFileIO().newOutput("s3://lake/x");
    await expect(output.write(bytes("x"))).rejects.toMatchObject({
      code: "CONNECTION.FAILED",
      next: [expect.stringContaining("certificate")],
    });
    await expect(
      open(minio, { ca_file: "missing.pem" }).getFileIO().newInput("s3://lake/x").exists(),
    ).rejects.toMatchObject({ code: "CONFIG.UNREADABLE", summary: expect.stringContaining("missing.pem") });
  });
});
