import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestContext } from "@floe/testkit/check";
import { FAKE_GCS_START_LIMIT_MS, type RunningFakeGcs } from "@floe/tooling/fake-gcs-server";
import { serviceAccountKey, startGcs } from "@floe/tooling/gcs-server";
import {
  DUCKDB_READ,
  PYICEBERG_ROUND_TRIP,
  PYTHON_LIMIT_MS,
  runStoragePython,
} from "@floe/tooling/storage-python";
import plugin from "floe-storage-gcs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const dir = mkdtempSync(join(tmpdir(), "floe-gcs-"));
const keyFile = join(dir, "key.json");
const NAME = "gs://lake/warehouse/with space/50% a+b ü.txt";
let server: RunningFakeGcs | { missing: string } = { missing: "not started" };

beforeAll(async () => {
  server = await startGcs();
  writeFileSync(keyFile, serviceAccountKey());
}, FAKE_GCS_START_LIMIT_MS);

afterAll(async () => {
  if (!("missing" in server)) await server[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

function open(endpoint: string, more: object = { credentials_file: keyFile }) {
  const context = createTestContext({ kind: "storage", name: "gcs", dir });
  const config = plugin.configSchema.parse({ bucket: "lake", prefix: "warehouse", endpoint, ...more });
  return plugin.create(config, context);
}

const write = (endpoint: string, location: string, content: Uint8Array): Promise<void> =>
  open(endpoint).getFileIO().newOutput(location).write(content, { overwrite: true });

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

describe("other tools find the same files", { timeout: PYTHON_LIMIT_MS }, () => {
  it.for([
    ["PyArrow, with the same key", "PyArrowFileIO", {}, () => ({ GOOGLE_APPLICATION_CREDENTIALS: keyFile })],
    [
      "gcsfs, without a credential",
      "FsspecFileIO",
      { anonymous: true },
      // So that it doesn't look for Google's metadata server, nor speak gRPC to ask what kind of bucket it is.
      () => ({ NO_GCE_CHECK: "true", GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT: "false" }),
    ],
  ] as const)("PyIceberg, by %s", async ([, fileIo, more, env], { skip }) => {
    if ("missing" in server) return skip(server.missing);
    await write(server.url, NAME, text("there"));
    const given = {
      properties: open(server.url, more).getPyicebergProperties(),
      location: NAME,
      other: `gs://lake/warehouse/from ${fileIo}`,
    };
    const answer = await runStoragePython(PYICEBERG_ROUND_TRIP, { given, env: env() });
    expect(answer).toEqual([fileIo, "there", 14]);
    const back = await open(server.url).getFileIO().newInput(given.other).read();
    expect(new TextDecoder().decode(back)).toBe("there and back");
  });

  // gcsfs asks Google itself what a token is good for, so that no emulator shows it at work.
  it("PyIceberg, by gcsfs, is told where a token stands", () => {
    const storage = open("http://127.0.0.1", { access_token: { source: "env", name: "GCS_TOKEN" } });
    expect({ ...storage.getPyicebergProperties(), ...storage.getPyicebergSecrets?.() }).toMatchObject({
      "py-io-impl": "pyiceberg.io.fsspec.FsspecFileIO",
      "gcs.oauth2.token": "{{ env_var('GCS_TOKEN') }}",
    });
  });

  it("DuckDB as dbt has it, with an HMAC key and with a token", async ({ skip }) => {
    if ("missing" in server) return skip(server.missing);
    await write(server.url, NAME, text("there"));
    const secret = (name: string) => ({ source: "env", name });
    for (const more of [
      { hmac_key_id: secret("HMAC_ID"), hmac_secret: secret("HMAC_SECRET") },
      { access_token: secret("GCS_TOKEN") },
    ]) {
      const given = { profile: open(server.url, more).getDbtProfileConfig(), location: NAME };
      const env = { HMAC_ID: "id", HMAC_SECRET: "secret", GCS_TOKEN: "token" };
      expect(await runStoragePython(DUCKDB_READ, { given, env })).toBe("there");
    }
  });
});
