import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { maintainProduct, type RunReport, runProduct } from "@floe/host/run";
import { afterAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { copyDemo } from "../../demo/copy.ts";
import { type RunningNessie, requireNessie } from "../../services/nessie.ts";
import { extensionFiles } from "./extensions.ts";
import { type ReadTables, readTables } from "./read-tables.ts";

const LONG = 900_000;
const folder = mkdtempSync(join(tmpdir(), "floe-demo-"));
const nessie = await requireNessie();
afterAll(async () => {
  if ("uri" in nessie) await nessie[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** The demo as it is, but for its manifest. */
async function demo(name: string, plugins: Record<string, unknown>): Promise<string> {
  const dir = copyDemo(join(folder, name));
  const file = join(dir, "manifest.yaml");
  const manifest = parse(readFileSync(file, "utf8"));
  writeFileSync(file, stringify({ ...manifest, plugins: { ...manifest.plugins, ...plugins } }));
  return dir;
}

async function run(cwd: string, env: Record<string, string> = {}): Promise<RunReport> {
  const report = await runProduct({ cwd, env: { ...process.env, ...env } });
  expect(report.faults.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(report).toMatchObject({
    status: "success",
    models: { success: 15 },
    tests: { pass: 165 },
    checks: { passed: 22, failed: 2, score: 95.45 },
  });
  return report;
}

const compute = async () => ({
  type: "duckdb",
  config: { extension_files: await extensionFiles(), maintain_after: 2 },
});

/** Rows that only one of the two has, by table: DuckDB's own file, and what PyIceberg read of the catalog. */
async function differences(database: string, lake: ReadTables): Promise<Record<string, [bigint, bigint]>> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRows();
  try {
    await connection.run(`ATTACH '${database}' AS flights (READ_ONLY)`);
    const found: Record<string, [bigint, bigint]> = {};
    const tables = await rows(
      "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema LIKE 'main_%' ORDER BY ALL",
    );
    for (const [schema, table] of tables) {
      const own = `FROM flights.${schema}.${table}`;
      const other = `FROM '${lake.file(`${String(schema).replace("main", "flights")}.${table}`)}'`;
      const differing = `(${own} EXCEPT ALL ${other}) UNION ALL (${other} EXCEPT ALL ${own})`;
      const [row] = await rows(`SELECT (SELECT count(*) ${own}), (SELECT count(*) FROM (${differing}))`);
      found[`${schema}.${table}`] = row as [bigint, bigint];
    }
    return found;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

describe("the demo, unchanged but for its manifest", { timeout: LONG }, () => {
  const NAMESPACES = ["flights_silver", "flights_gold"];
  let database = "";

  it("runs without a catalog, into DuckDB's own file", async () => {
    const dir = await demo("plain", {});
    await run(dir);
    database = join(dir, ".floe", "flights.duckdb");
  });

  const same = async (lake: ReadTables): Promise<void> => {
    const compared = await differences(database, lake);
    expect(Object.keys(compared)).toHaveLength(15);
    for (const [table, [rows, differing]] of Object.entries(compared))
      expect([table, differing, rows > 0n]).toEqual([table, 0n, true]);
  };

  it.skipIf("missing" in nessie)(
    "is the same rows in Nessie, on MinIO, by keys that it vends, and a second run keeps its tables",
    async () => {
      const uri = "uri" in nessie ? nessie.uri : "";
      const { minio } = nessie as RunningNessie;
      const secret = (name: string) => ({ source: "env", name });
      const store = {
        ...{ bucket: "lake", prefix: "wh", endpoint: minio.url, region: minio.region },
        access_key_id: secret("LAKE_KEY_ID"),
        secret_access_key: secret("LAKE_SECRET"),
      };
      const env = {
        LAKE_KEY_ID: minio.credentials.accessKeyId,
        LAKE_SECRET: minio.credentials.secretAccessKey,
      };
      const dir = await demo("nessie", {
        compute: await compute(),
        storage: { type: "minio", config: store },
        catalog: { type: "rest", config: { uri, warehouse: "warehouse" } },
      });
      await run(dir, env);
      const properties = { uri, warehouse: "warehouse" };
      using first = await readTables(properties, NAMESPACES);
      await same(first);
      const second = await run(dir, env);
      expect(second.run.steps.map(({ name }) => name)).toContain("maintenance");
      using lake = await readTables(properties, NAMESPACES);
      await same(lake);
      // Nessie shows PyIceberg one snapshot of a table, and keeps the others in commits of its own.
      for (const [name, { uuid, snapshots }] of Object.entries(first.tables)) {
        const after = lake.tables[name];
        expect([name, after?.uuid]).toEqual([name, uuid]);
        expect([name, after?.snapshots]).not.toEqual([name, snapshots]);
      }

      // Rebuilt tables have deletes on them, which maintenance takes away and leaves every row.
      const rebuilt = Object.entries(lake.tables).filter(([, { deleteFiles }]) => deleteFiles > 0);
      expect(rebuilt.length).toBeGreaterThan(5);
      const { tables } = await maintainProduct({ cwd: dir, env: { ...process.env, ...env } });
      const done = tables.filter(({ status }) => status === "done");
      expect(done.map(({ schema, table }) => `${schema}.${table}`)).toEqual(
        expect.arrayContaining(rebuilt.map(([name]) => name)),
      );
      expect(tables.flatMap(({ message }) => message ?? [])).toEqual([]);
      using maintained = await readTables(properties, NAMESPACES);
      await same(maintained);
      for (const [name, { uuid }] of Object.entries(lake.tables))
        expect([name, maintained.tables[name]]).toMatchObject([name, { uuid, deleteFiles: 0 }]);
    },
  );
});
