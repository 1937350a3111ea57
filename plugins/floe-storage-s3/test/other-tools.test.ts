import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createTestContext } from "@floe/testkit/check";
import { MINIO_START_LIMIT_MS, type RunningMinio, requireMinio } from "@floe/tooling/minio";
import {
  DUCKDB_ROUND_TRIP,
  PYICEBERG_ROUND_TRIP,
  PYTHON_LIMIT_MS,
  runStoragePython,
} from "@floe/tooling/storage-python";
import plugin from "floe-storage-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const dir = mkdtempSync(join(tmpdir(), "floe-s3-"));
let minio: RunningMinio | { missing: string } = { missing: "not started" };

beforeAll(async () => {
  minio = await requireMinio({ folders: ["lake"] });
}, MINIO_START_LIMIT_MS);

afterAll(async () => {
  if (!("missing" in minio)) await minio[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

const KEY = {
  access_key_id: { source: "env", name: "LAKE_ID" },
  secret_access_key: { source: "env", name: "LAKE_KEY" },
};

const configOf = ({ url, region }: RunningMinio, more: object = {}) => ({
  bucket: "lake",
  prefix: "warehouse",
  endpoint: url,
  region,
  path_style: true,
  ...more,
});

function open(config: object, { credentials }: RunningMinio) {
  const secrets = { LAKE_ID: credentials.accessKeyId, LAKE_KEY: credentials.secretAccessKey };
  const context = createTestContext({ kind: "storage", name: "s3", dir, secrets });
  return plugin.create(plugin.configSchema.parse(config), context);
}

/** AWS's own variables. */
const environment = ({ credentials }: RunningMinio): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
});

describe("other tools find the same files", { timeout: PYTHON_LIMIT_MS }, () => {
  const NAME = "s3://lake/warehouse/with space/ü.txt";
  const write = (server: RunningMinio): Promise<void> =>
    open(configOf(server, KEY), server)
      .getFileIO()
      .newOutput(NAME)
      .write(new TextEncoder().encode("there"), { overwrite: true });

  it("PyIceberg, by PyArrow, with AWS's chain", async ({ skip }) => {
    if ("missing" in minio) return skip(minio.missing);
    await write(minio);
    const storage = open(configOf(minio), minio);
    const given = {
      properties: storage.getPyicebergProperties(),
      location: NAME,
      other: "s3://lake/warehouse/from python",
    };
    const env = environment(minio);
    expect(await runStoragePython(PYICEBERG_ROUND_TRIP, { given, env })).toEqual([
      "PyArrowFileIO",
      "there",
      14,
    ]);
    const back = await open(configOf(minio, KEY), minio).getFileIO().newInput(given.other).read();
    expect(new TextDecoder().decode(back)).toBe("there and back");
  });

  it("PyIceberg, by s3fs, with a profile", async ({ skip }) => {
    if ("missing" in minio) return skip(minio.missing);
    await write(minio);
    const { accessKeyId, secretAccessKey } = minio.credentials;
    const file = join(dir, "credentials");
    writeFileSync(
      file,
      `[lake]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    );
    const storage = open(configOf(minio, { profile: "lake" }), minio);
    const given = {
      properties: storage.getPyicebergProperties(),
      location: NAME,
      other: "s3://lake/warehouse/from profile",
    };
    const env = { AWS_SHARED_CREDENTIALS_FILE: file };
    expect(await runStoragePython(PYICEBERG_ROUND_TRIP, { given, env })).toEqual([
      "FsspecFileIO",
      "there",
      14,
    ]);
  });

  it("DuckDB as dbt has it, with AWS's chain and with a key that is named", async ({ skip }) => {
    if ("missing" in minio) return skip(minio.missing);
    await write(minio);
    for (const key of [{}, KEY]) {
      const profile = open(configOf(minio, key), minio).getDbtProfileConfig();
      const given = { profile, location: NAME, other: "s3://lake/warehouse/numbers.parquet" };
      const { accessKeyId, secretAccessKey } = minio.credentials;
      const env = key === KEY ? { LAKE_ID: accessKeyId, LAKE_KEY: secretAccessKey } : environment(minio);
      expect(await runStoragePython(DUCKDB_ROUND_TRIP, { given, env })).toEqual(["there", 499_500]);
    }
  });
});

describe("AWS's own chain", () => {
  /** In a process of its own: the chain reads the environment of the whole process. */
  const wrote = async (config: object, env: Record<string, string>): Promise<string> => {
    const program = `
      const { default: plugin } = await import(${JSON.stringify(import.meta.resolve("floe-storage-s3"))});
      const context = { paths: { projectDir: "/" }, signal: new AbortController().signal, logger: console };
      const io = plugin.create(plugin.configSchema.parse(${JSON.stringify(config)}), context).getFileIO();
      const output = io.newOutput("s3://lake/warehouse/chain");
      await output.write(new TextEncoder().encode("written"), { overwrite: true }).then(
        async () => console.log(new TextDecoder().decode(await output.toInputFile().read())),
        (error) => console.log(JSON.stringify(error)),
      );`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], {
      env: { PATH: process.env.PATH, HOME: dir, AWS_EC2_METADATA_DISABLED: "true", ...env },
    });
    return stdout.trim();
  };

  it("is the environment, a profile, or a role that is assumed with them", async ({ skip }) => {
    if ("missing" in minio) return skip(minio.missing);
    const { region, url, credentials } = minio;
    const file = join(dir, "config");
    const { accessKeyId, secretAccessKey } = credentials;
    writeFileSync(
      file,
      `[profile lake]\nregion = ${region}\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    );
    const { region: _, ...elsewhere } = configOf(minio);
    const role = { role_arn: "arn:aws:iam::123456789012:role/lake" };
    expect(await wrote(configOf(minio), environment(minio))).toBe("written");
    expect(await wrote({ ...elsewhere, profile: "lake" }, { AWS_CONFIG_FILE: file })).toBe("written");
    expect(await wrote(configOf(minio, role), { ...environment(minio), AWS_ENDPOINT_URL_STS: url })).toBe(
      "written",
    );
  });

  it("that ends without a credential is told in words", async ({ skip }) => {
    if ("missing" in minio) return skip(minio.missing);
    expect(JSON.parse(await wrote(configOf(minio), {}))).toMatchObject({
      code: "CONNECTION.UNAUTHORIZED",
      summary: expect.stringContaining("no credentials"),
      next: expect.arrayContaining([expect.stringContaining("AWS_PROFILE")]),
    });
    expect(JSON.parse(await wrote(configOf(minio, { profile: "none" }), {}))).toMatchObject({
      code: "CONNECTION.UNAUTHORIZED",
    });
  });
});
