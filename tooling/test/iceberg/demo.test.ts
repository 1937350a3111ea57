import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
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
async function demo(
  name: string,
  plugins: Record<string, unknown>,
  dbt?: "local" | "fusion",
): Promise<string> {
  const dir = copyDemo(join(folder, name), dbt);
  const file = join(dir, "manifest.yaml");
  const manifest = parse(readFileSync(file, "utf8"));
  writeFileSync(file, stringify({ ...manifest, plugins: { ...manifest.plugins, ...plugins } }));
  return dir;
}

/** @param tests Whether dbt's tests are run as well. */
async function run(cwd: string, env: Record<string, string> = {}, tests = true): Promise<RunReport> {
  const report = await runProduct({
    cwd,
    env: { ...process.env, ...env },
    ...(tests ? {} : { exclude: "resource_type:test" }),
  });
  expect(report.faults.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(report).toMatchObject({
    status: "success",
    models: { success: 15 },
    tests: tests ? { pass: 165 } : {},
    checks: { passed: 22, failed: 2, score: 95.45 },
  });
  return report;
}

const compute = async () => ({
  type: "duckdb",
  config: { extension_files: await extensionFiles(), maintain_after: 2 },
});

/** A DuckDB with the demo's tables of a run without a catalog as `flights`, to compare others with. */
class Reference implements Disposable {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  static async open(database: string): Promise<Reference> {
    const instance = await DuckDBInstance.create(":memory:");
    const reference = new Reference(instance, await instance.connect());
    await reference.attach(database, "flights");
    return reference;
  }

  async attach(database: string, name: string): Promise<void> {
    await this.#connection.run(`ATTACH '${database}' AS ${name} (READ_ONLY)`);
  }

  /** Names and types of all columns of the demo's models. */
  columns(name: string): Promise<unknown[][]> {
    return this.#rows(`SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
      WHERE table_catalog = '${name}' AND table_schema LIKE 'main_%' ORDER BY ALL`);
  }

  /** Expects each of the 15 tables to have the same rows elsewhere. @param other Gives a table in SQL. */
  async expectSame(other: (schema: string, table: string) => string): Promise<void> {
    const tables = await this.#rows(`SELECT table_schema, table_name FROM information_schema.tables
      WHERE table_catalog = 'flights' AND table_schema LIKE 'main_%' ORDER BY ALL`);
    expect(tables).toHaveLength(15);
    for (const [schema, table] of tables as [string, string][]) {
      const [one, two] = [`FROM flights.${schema}.${table}`, `FROM ${other(schema, table)}`];
      const differing = `(${one} EXCEPT ALL ${two}) UNION ALL (${two} EXCEPT ALL ${one})`;
      const [row] = await this.#rows(
        `SELECT (SELECT count(*) ${one}) > 0, (SELECT count(*) FROM (${differing}))`,
      );
      expect([table, ...(row ?? [])]).toEqual([table, true, 0n]);
    }
  }

  async #rows(sql: string): Promise<unknown[][]> {
    return (await this.#connection.runAndReadAll(sql)).getRows();
  }

  [Symbol.dispose](): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
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
    using reference = await Reference.open(database);
    await reference.expectSame(
      (schema, table) => `'${lake.file(`${schema.replace("main", "flights")}.${table}`)}'`,
    );
  };

  it("is the same rows, in columns of the same types, by dbt's Rust engine", async () => {
    const dir = await demo("fusion", {}, "fusion");
    const report = await run(dir);
    expect(report.run.steps.find(({ name }) => name === "build")?.plugin).toBe("dbt fusion");
    using reference = await Reference.open(database);
    await reference.attach(join(dir, ".floe", "flights.duckdb"), "other");
    expect(await reference.columns("other")).toEqual(await reference.columns("flights"));
    await reference.expectSame((schema, table) => `other.${schema}.${table}`);
  });

  it.skipIf("missing" in nessie)(
    "is the same rows in Nessie, on MinIO, by keys that it vends, and a second run of a part keeps its tables",
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
      // Their SQL is the same as in Iceberg's own catalog.
      await run(dir, env, false);
      const properties = { uri, warehouse: "warehouse" };
      using first = await readTables(properties, NAMESPACES);
      await same(first);
      const AGAIN = ["flights_silver.silver_planes", "flights_gold.gold_plane_age"];
      const second = await runProduct({
        cwd: dir,
        env: { ...process.env, ...env },
        select: "silver_planes gold_plane_age",
      });
      expect(second).toMatchObject({ status: "success", models: { success: 2 } });
      expect(second.run.steps.map(({ name }) => name)).toContain("maintenance");
      using lake = await readTables(properties, NAMESPACES);
      await same(lake);
      // Nessie shows PyIceberg one snapshot of a table, and keeps the others in commits of its own.
      for (const [name, { uuid, snapshots }] of Object.entries(first.tables)) {
        const after = lake.tables[name];
        expect([name, after?.uuid]).toEqual([name, uuid]);
        if (AGAIN.includes(name)) expect([name, after?.snapshots]).not.toEqual([name, snapshots]);
        else expect([name, after?.snapshots]).toEqual([name, snapshots]);
      }

      // Rebuilt tables have deletes on them, which maintenance takes away and leaves every row.
      const rebuilt = Object.entries(lake.tables).filter(([, { deleteFiles }]) => deleteFiles > 0);
      expect(rebuilt.map(([name]) => name)).toEqual(expect.arrayContaining(AGAIN));
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
