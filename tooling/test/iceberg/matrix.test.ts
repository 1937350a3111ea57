import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Project } from "@floe/host/project";
import { maintainProduct, runProduct } from "@floe/host/run";
import { afterAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { contentOf, contentOfSchema, withDuckDB } from "../../demo/content.ts";
import { copyDemo } from "../../demo/copy.ts";
import { extensionFiles } from "./extensions.ts";
import { type ReadTables, readTables } from "./read-tables.ts";
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
      ...(catalog
        ? { catalog_options: store.options ?? {}, maintain_after: 2 }
        : { path: `.floe/${title}.duckdb` }),
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

/** The content of each silver and gold table, as `silver.silver_planes`. */
type Content = Record<string, string>;

const LAYERS = ["silver", "gold"];

/** What the product has made, as it is opened by its manifest. */
async function made(catalog: boolean): Promise<{ content: Content; silverFile: boolean }> {
  const opened = Project.open({ cwd: dir, env });
  try {
    const plugins = await opened.plugins();
    const connection = await plugins.get("compute")?.connect(opened.computeConfig(plugins));
    if (connection === undefined) throw new Error("no compute");
    try {
      const ask = async (sql: string) => (await connection.query(sql)).rows;
      const content: Content = {};
      for (const layer of LAYERS) {
        const tables = catalog
          ? await contentOfSchema(ask, `flights_${layer}`, "lake")
          : await contentOfSchema(ask, `main_${layer}`);
        for (const [table, told] of Object.entries(tables)) content[`${layer}.${table}`] = told;
      }
      const storage = plugins.get("storage");
      const file = `${storage?.getWarehouseUri("")}/silver_planes.parquet`;
      return { content, silverFile: (await storage?.getFileIO().newInput(file).exists()) ?? false };
    } finally {
      await connection.close();
    }
  } finally {
    await opened.close();
  }
}

/** The same as PyIceberg reads it. */
function contentOfLake(lake: ReadTables): Promise<Content> {
  return withDuckDB(undefined, async (ask) => {
    const content: Content = {};
    for (const table of Object.keys(lake.tables).toSorted())
      content[table.replace("flights_", "")] = await contentOf(ask, `'${lake.file(table)}'`);
    return content;
  });
}

describe.skipIf("missing" in started)("the demo, whatever its store and its catalog", () => {
  let first: Content | undefined;

  it.for(CELLS)("has the same tables on $title", { timeout: 300_000 }, async ({ name, catalog, title }) => {
    const store = "missing" in started ? undefined : started.stores[name];
    if (store === undefined) throw new Error(`no store ${name}`);
    await choose(store, catalog, title);
    // Its tests are the same SQL in every cell, and the demo's own test runs them.
    const report = await runProduct({ cwd: dir, env, exclude: "resource_type:test" });
    expect(report.faults.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(report).toMatchObject({ models: { success: 15 }, checks: { passed: 22, failed: 2 } });

    const { content, silverFile } = await made(catalog);
    first ??= content;
    expect(Object.keys(first)).toHaveLength(15);
    expect(Object.values(first).filter((told) => told.startsWith("0 rows"))).toEqual([]);
    expect(content).toEqual(first);
    // Where floe's own storage plugin says that it lies.
    if (!catalog) expect(silverFile).toBe(true);
    if (!catalog || name === "local") return;
    if (store.vends) return keepsItsTables(store, first);
    // Where the catalog vends nothing, PyIceberg opens the files by what the manifest names.
    const { tables } = await maintainProduct({ cwd: dir, env });
    expect(tables).toHaveLength(20);
    expect(tables.map(({ table, status, message }) => [table, status, message])).toEqual(
      tables.map(({ table }) => [table, "skipped", undefined]),
    );
  });
});

/** A second run of a part, its tests as well, adds to the history of its tables alone; all read the same rows. */
async function keepsItsTables({ catalog }: Store, content: Content): Promise<void> {
  const NAMESPACES = LAYERS.map((layer) => `flights_${layer}`);
  const AGAIN = ["flights_silver.silver_planes", "flights_gold.gold_plane_age"];
  using before = await readTables(catalog, NAMESPACES);
  expect(await contentOfLake(before)).toEqual(content);
  const again = await runProduct({ cwd: dir, env, select: "silver_planes gold_plane_age" });
  expect(again).toMatchObject({ status: "success", models: { success: 2 } });
  expect(again.run.steps.map(({ name }) => name)).toContain("maintenance");

  using lake = await readTables(catalog, NAMESPACES);
  expect(await contentOfLake(lake)).toEqual(content);
  // Nessie shows PyIceberg one snapshot of a table, and keeps the others in commits of its own.
  for (const [name, { uuid, snapshots }] of Object.entries(before.tables)) {
    const after = lake.tables[name];
    expect([name, after?.uuid]).toEqual([name, uuid]);
    if (AGAIN.includes(name)) expect([name, after?.snapshots]).not.toEqual([name, snapshots]);
    else expect([name, after?.snapshots]).toEqual([name, snapshots]);
  }

  // Rebuilt tables have deletes on them, which maintenance takes away and leaves every row.
  const rebuilt = Object.entries(lake.tables).filter(([, { deleteFiles }]) => deleteFiles > 0);
  expect(rebuilt.map(([name]) => name)).toEqual(expect.arrayContaining(AGAIN));
  const { tables } = await maintainProduct({ cwd: dir, env });
  const done = tables.filter(({ status }) => status === "done");
  expect(done.map(({ schema, table }) => `${schema}.${table}`)).toEqual(
    expect.arrayContaining(rebuilt.map(([name]) => name)),
  );
  expect(tables.flatMap(({ message }) => message ?? [])).toEqual([]);
  using maintained = await readTables(catalog, NAMESPACES);
  expect(await contentOfLake(maintained)).toEqual(content);
  for (const [name, { uuid }] of Object.entries(lake.tables))
    expect([name, maintained.tables[name]]).toMatchObject([name, { uuid, deleteFiles: 0 }]);
}
