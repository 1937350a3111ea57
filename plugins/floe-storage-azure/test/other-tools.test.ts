import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestContext } from "@floe/testkit/check";
import { startAzure } from "@floe/tooling/azure-server";
import { AZURITE_START_LIMIT_MS, type RunningAzurite } from "@floe/tooling/azurite";
import {
  DUCKDB_READ,
  DUCKDB_ROUND_TRIP,
  PYICEBERG_ROUND_TRIP,
  PYTHON_LIMIT_MS,
  runStoragePython,
} from "@floe/tooling/storage-python";
import plugin from "floe-storage-azure";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const dir = mkdtempSync(join(tmpdir(), "floe-azure-"));
const NAME = "abfss://lake@floe.dfs.core.windows.net/warehouse/with space/50% a+b ü.txt";
/** The same, as DuckDB's documentation writes it. */
const SHORT_NAME = NAME.replace("abfss://lake@floe.dfs.core.windows.net", "az://lake");
const secret = (name: string) => ({ source: "env", name });
let server: RunningAzurite | { missing: string } = { missing: "not started" };

beforeAll(async () => {
  server = await startAzure();
}, AZURITE_START_LIMIT_MS);

afterAll(async () => {
  if (!("missing" in server)) await server[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

function open({ endpoint, account, connectionString }: RunningAzurite, more: object) {
  const secrets = { LAKE_KEY: account.key, LAKE_CONNECTION: connectionString };
  const context = createTestContext({ kind: "storage", name: "azure", dir, secrets });
  const base = { account: account.name, container: "lake", prefix: "warehouse", endpoint };
  return plugin.create(plugin.configSchema.parse({ ...base, ...more }), context);
}

const KEY = { account_key: secret("LAKE_KEY") };
const CONNECTION = { connection_string: secret("LAKE_CONNECTION") };

const write = (to: RunningAzurite): Promise<void> =>
  open(to, CONNECTION)
    .getFileIO()
    .newOutput(NAME)
    .write(new TextEncoder().encode("there"), { overwrite: true });

describe("other tools find the same files", { timeout: PYTHON_LIMIT_MS }, () => {
  it("PyIceberg, by adlfs", async ({ skip }) => {
    if ("missing" in server) return skip(server.missing);
    await write(server);
    const storage = open(server, CONNECTION);
    const given = {
      properties: storage.getPyicebergProperties(),
      location: NAME,
      other: "abfss://lake@floe.dfs.core.windows.net/warehouse/from python",
    };
    const env = { AZURE_STORAGE_CONNECTION_STRING: server.connectionString };
    expect(await runStoragePython(PYICEBERG_ROUND_TRIP, { given, env })).toEqual([
      "FsspecFileIO",
      "there",
      14,
    ]);
    const back = await storage.getFileIO().newInput(given.other).read();
    expect(new TextDecoder().decode(back)).toBe("there and back");
  });

  it("DuckDB as dbt has it, with a key, a signature and a connection string", async ({ skip }) => {
    if ("missing" in server) return skip(server.missing);
    await write(server);
    const env = {
      LAKE_KEY: server.account.key,
      LAKE_CONNECTION: server.connectionString,
      LAKE_SAS: await server.sas("lake", "racwdl"),
    };
    for (const more of [KEY, CONNECTION, { sas_token: secret("LAKE_SAS") }]) {
      const profile = open(server, more).getDbtProfileConfig();
      const given = { profile, location: SHORT_NAME, other: "az://lake/warehouse/numbers.parquet" };
      expect(await runStoragePython(DUCKDB_ROUND_TRIP, { given, env })).toEqual(["there", 499_500]);
    }
  });

  it("DuckDB reads the locations that Iceberg writes", async ({ skip }) => {
    if ("missing" in server) return skip(server.missing);
    await write(server);
    const { url, account } = server;
    const profile = open(server, KEY).getDbtProfileConfig();
    // Of its own address for the account, by a proxy: Azurite knows accounts by the host's name as well.
    const secrets = (profile.secrets as object[]).map((each) => ({
      ...each,
      connection_string: `DefaultEndpointsProtocol=http;AccountName=floe;AccountKey=${account.key};EndpointSuffix=core.windows.net`,
      http_proxy: url,
    }));
    const given = { profile: { ...profile, secrets }, location: NAME };
    expect(await runStoragePython(DUCKDB_READ, { given, env: {} })).toBe("there");
  });
});
