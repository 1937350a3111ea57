import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Project } from "@floe/host/project";
import { maintainProduct, runProduct } from "@floe/host/run";
import { afterAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { copyDemo } from "../../demo/copy.ts";
import { extensionFiles } from "./extensions.ts";
import { asText } from "./read-tables.ts";
import { type Store, startStores } from "./stores.ts";

const STORES = ["local", "minio", "s3", "gcs", "azure"];
const CELLS = STORES.flatMap((name) => [
  { name, catalog: false, title: `${name}, without a catalog` },
  { name, catalog: true, title: `${name}, in a catalog` },
]);

const folder = mkdtempSync(join(tmpdir(), "floe-matrix-"));
const started = await startStores(folder);
const env = "missing" in started ? process.env : { ...process.env, ...started.env };
const dir = copyDemo(join(folder, "demo"));
const manifestFile = join(dir, "manifest.yaml");
const manifest = parse(readFileSync(manifestFile, "utf8"));
// So that the store holds something without a catalog as well: what can be a file is one.
const projectFile = join(dir, "dbt_project.yml");
const project = parse(readFileSync(projectFile, "utf8"));
project.models.flights.silver["+materialized"] = "external";
writeFileSync(projectFile, stringify(project));
afterAll(async () => {
  if (!("missing" in started)) await started[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Switches the demo: nothing but its manifest changes. */
async function choose(store: Store, catalog: boolean, title: string): Promise<void> {
  const compute = {
    type: "duckdb",
    config: {
      extension_files: await extensionFiles(["avro", "httpfs", "iceberg", "azure"]),
      ...(catalog ? { catalog_options: store.options ?? {} } : { path: `.floe/${title}.duckdb` }),
    },
  };
  const plugins = {
    ...manifest.plugins,
    compute,
    storage: catalog ? store.catalogStorage : store.storage,
    ...(catalog ? { catalog: { type: "rest", config: store.catalog } } : {}),
  };
  writeFileSync(manifestFile, stringify({ ...manifest, plugins }));
}

/** What the product has made, as it is opened by its manifest. */
async function made(catalog: boolean): Promise<{ gold: Record<string, string[][]>; silverFile: boolean }> {
  const opened = Project.open({ cwd: dir, env });
  try {
    const plugins = await opened.plugins();
    const connection = await plugins.get("compute")?.connect(opened.computeConfig(plugins));
    if (connection === undefined) throw new Error("no compute");
    try {
      const schema = catalog ? "lake.flights_gold" : "main_gold";
      const { rows: tables } = await connection.query(
        `SELECT table_name FROM information_schema.tables WHERE table_schema = '${schema.split(".").at(-1)}' ORDER BY ALL`,
      );
      const gold: Record<string, string[][]> = {};
      for (const [table] of tables) {
        const { rows } = await connection.query(`${asText(`${schema}.${table}`)} ORDER BY ALL`);
        gold[String(table)] = rows.map((row) => row.map(String));
      }
      const storage = plugins.get("storage");
      const file = `${storage?.getWarehouseUri("")}/silver_planes.parquet`;
      return { gold, silverFile: (await storage?.getFileIO().newInput(file).exists()) ?? false };
    } finally {
      await connection.close();
    }
  } finally {
    await opened.close();
  }
}

describe.skipIf("missing" in started)("the demo, whatever its store and its catalog", () => {
  let first: Record<string, string[][]> | undefined;

  it.for(CELLS)("has the same gold on $title", { timeout: 300_000 }, async ({ name, catalog, title }) => {
    const store = "missing" in started ? undefined : started.stores[name];
    if (store === undefined) throw new Error(`no store ${name}`);
    await choose(store, catalog, title);
    // Its tests are the same SQL in every cell, and the demo's own test runs them in two.
    const report = await runProduct({ cwd: dir, env, exclude: "resource_type:test" });
    expect(report.faults.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(report).toMatchObject({ models: { success: 15 }, checks: { passed: 22, failed: 2 } });

    const { gold, silverFile } = await made(catalog);
    first ??= gold;
    expect(Object.keys(first)).toHaveLength(6);
    expect(Object.values(first).every((rows) => rows.length > 0)).toBe(true);
    expect(gold).toEqual(first);
    // Where floe's own storage plugin says that it lies.
    if (!catalog) expect(silverFile).toBe(true);
    if (!catalog || store.vends || name === "local") return;
    // Where the catalog vends nothing, PyIceberg opens the files by what the manifest names.
    const { tables } = await maintainProduct({ cwd: dir, env });
    expect(tables).toHaveLength(20);
    expect(tables.map(({ table, status, message }) => [table, status, message])).toEqual(
      tables.map(({ table }) => [table, "skipped", undefined]),
    );
  });
});
