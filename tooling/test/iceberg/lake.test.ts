import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseConnection } from "@floe/core";
import { compile } from "@floe/host/compile";
import { Project } from "@floe/host/project";
import { maintainProduct, type RunEvent, type RunReport } from "@floe/host/run";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { asText } from "../../demo/content.ts";
import { icebergRest } from "../../services/iceberg-rest.ts";
import { facetViolations } from "../../services/openlineage.ts";
import { requireService } from "../../services/service.ts";
import { recording, type SampleProduct } from "../run/sample-product.ts";
import { type Lake, lakeManifest, lakeProduct } from "./lake-product.ts";
import { type IcebergFacts, readTables } from "./read-tables.ts";

const LONG = 600_000;
const folder = mkdtempSync(join(tmpdir(), "floe-lake-"));
const fixture = await requireService(icebergRest({ path: folder }));
const uri = "url" in fixture ? fixture.url : "http://127.0.0.1:9";
/** It stages, but a folder that isn't there yet is more than DuckDB writes to. */
const lake: Lake = { uri, warehouse: "lake", staged: false };
const pyiceberg = { uri, warehouse: "lake" };
afterAll(async () => {
  if ("url" in fixture) await fixture[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const TABLES = [
  "after_fragile",
  "agreed",
  "appended",
  "batched",
  "counted",
  "evolving",
  "fragile",
  "lines",
  "merged",
  "orders",
  "python_model",
  "replaced",
  "totals",
];

const well = (report: RunReport) => {
  expect(report.faults.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(report.status).toBe("success");
};

async function connected<T>(product: SampleProduct, work: (one: DatabaseConnection) => Promise<T>) {
  const project = Project.open({ cwd: product.dir, env: process.env });
  try {
    const plugins = await project.plugins();
    const connection = await plugins
      .get("compute")
      ?.connect(project.computeConfig(plugins), { readOnly: false });
    if (connection === undefined) throw new Error("no compute");
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  } finally {
    await project.close();
  }
}

const HEADER = "id,customer,amount,day\n";

const vars = (product: SampleProduct, wider: boolean, broken: boolean): void =>
  product.write(
    "dbt_project.yml",
    readFileSync(join(product.dir, "dbt_project.yml"), "utf8").replace(
      /^vars:.*$/m,
      `vars: {wider: ${wider}, broken: ${broken}}`,
    ),
  );

/** Named by where it lies, with its name in the catalog, its snapshot and its columns. */
function checkLineage(product: SampleProduct, runId: string, facts: IcebergFacts | undefined): void {
  const file = join(product.dir, ".floe", "runs", runId, "lineage.jsonl");
  const events = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  for (const event of events) expect(facetViolations(event)).toEqual([]);
  const { outputs } = events.find(
    ({ job, eventType }) => job.name === "shop.lines" && eventType === "COMPLETE",
  );
  expect(outputs[0]).toMatchObject({
    namespace: "file",
    name: join(folder, "shop", "lines"),
    facets: {
      symlinks: { identifiers: [{ namespace: uri, name: "shop.lines", type: "TABLE" }] },
      catalog: { framework: "iceberg", type: "rest", name: "lake", metadataUri: uri },
      storage: { storageLayer: "iceberg" },
      version: { datasetVersion: facts?.snapshots.at(-1) },
      columnLineage: {
        fields: { happened: { inputFields: [{ namespace: "file", name: join(folder, "shop", "orders") }] } },
      },
    },
    outputFacets: { outputStatistics: { rowCount: 3 } },
  });
  expect(outputs[0].facets.schema.fields).toMatchObject([
    { name: "id", type: "int" },
    { name: "customer", type: "string" },
    { name: "amount", type: "int" },
    { name: "happened", type: "timestamp" },
  ]);
}

describe.skipIf("missing" in fixture)("a product in an Iceberg catalog", { timeout: LONG }, () => {
  it("has the rows that it has in DuckDB's own file, and keeps its tables whatever happens to them", async () => {
    using local = await lakeProduct(undefined);
    using product = await lakeProduct(lake);
    well(await local.run());
    const { run } = await product.run();
    using first = await readTables(pyiceberg, ["shop", "shop_history"]);
    const names = Object.keys(first.tables).filter((name) => name.startsWith("shop."));
    expect(names.toSorted()).toEqual(TABLES.map((table) => `shop.${table}`));
    for (const table of TABLES)
      expect([table, await first.rows(`shop.${table}`)]).toEqual([
        table,
        await local.rows(`(${asText(`main.${table}`)})`),
      ]);
    expect(await product.rows("lake.shop.totals")).toEqual(await local.rows("main.totals"));
    checkLineage(product, run.id, first.tables["shop.lines"]);

    // Killed among other rows and other columns, and gone on: the same tables with more history.
    for (const one of [local, product]) {
      one.write(
        "seeds/orders.csv",
        `${HEADER}1,ada,11,2023-01-01\n3,bob,30,2025-01-03\n4,eve,40,2026-01-04\n`,
      );
      vars(one, true, false);
    }
    well(await local.run());
    const script = join(import.meta.dirname, "..", "run", "kill-at.ts");
    const { signal } = spawnSync(process.execPath, [script, product.dir, "lines success"], {
      stdio: "inherit",
    });
    expect(signal).toBe("SIGKILL");
    well(await product.run({ resume: true }));
    using second = await readTables(pyiceberg, ["shop", "shop_history"]);
    for (const name of [...names, "shop_history.history"]) {
      const [before, after] = [first.tables[name], second.tables[name]];
      expect([name, after?.uuid]).toEqual([name, before?.uuid]);
      expect([name, after?.snapshots.slice(0, before?.snapshots.length)]).toEqual([name, before?.snapshots]);
    }
    expect(second.tables["shop.lines"]?.operations).toEqual(["append", "delete", "append"]);
    for (const table of TABLES.filter((one) => one !== "evolving"))
      expect([table, await second.rows(`shop.${table}`)]).toEqual([
        table,
        await local.rows(`(${asText(`main.${table}`)})`),
      ]);
    const history = "SELECT id, amount, dbt_valid_to IS NULL FROM main_history.history";
    expect(await product.rows(`(${history.replace("main", "lake.shop")})`)).toEqual(
      await local.rows(`(${history})`),
    );
    // What was before can still be read.
    expect(second.tables["shop.evolving"]?.columns.toSorted()).toEqual(["added", "amount", "id"]);
    const evolved = "SELECT id, amount, added FROM main.evolving";
    expect(await product.rows(`(${evolved.replace("main", "lake.shop")})`)).toEqual(
      await local.rows(`(${evolved})`),
    );
    const old = first.tables["shop.evolving"]?.snapshots[0];
    expect(await product.rows(`(SELECT id FROM lake.shop.evolving AT (VERSION => ${old}))`)).toEqual([
      ["1"],
      ["2"],
      ["3"],
    ]);

    // A model that fails in the middle: old rows, no snapshot.
    vars(product, true, true);
    const broken = await product.run({ select: "fragile after_fragile" });
    expect(broken.status).toBe("failed");
    expect(broken.faults.map(({ code, why }) => [code, why?.includes("it broke")])).toEqual([
      ["DBT.NODE_FAILED", true],
    ]);
    expect(broken.models).toEqual({ error: 1, skipped: 1 });
    using third = await readTables(pyiceberg, ["shop"]);
    expect(third.tables["shop.fragile"]).toEqual(second.tables["shop.fragile"]);
    expect(await third.rows("shop.fragile")).toEqual(await second.rows("shop.fragile"));

    // From nothing: only the rows are new.
    vars(product, false, false);
    well(await product.run({ fullRefresh: true }));
    using fourth = await readTables(pyiceberg, ["shop"]);
    for (const name of names)
      expect([name, fourth.tables[name]?.uuid]).toEqual([name, first.tables[name]?.uuid]);
    expect(await fourth.rows("shop.appended")).toEqual([
      ["1", "8"],
      ["3", "8"],
      ["4", "8"],
    ]);

    // Maintained: the same rows in as few files as can be; what governance lets go is gone.
    expect(fourth.tables["shop.totals"]?.deleteFiles).toBeGreaterThan(1);
    product.write(
      "manifest.yaml",
      await lakeManifest(lake, "local", "governance: {snapshot_keep_last: 2, default_ttl_hours: 1}\n"),
    );
    const maintain = () => maintainProduct({ cwd: product.dir, env: process.env });
    const { tables } = await maintain();
    expect(tables.map(({ table, status, message }) => [table, status, message])).toEqual(
      tables.map(({ table }) => [table, expect.stringMatching(/^(done|skipped)$/), undefined]),
    );
    using fifth = await readTables(pyiceberg, ["shop"]);
    for (const name of names) {
      const { deleteFiles, dataFiles, uuid } = fifth.tables[name] ?? {};
      // Each of three batches wrote a file, and so few aren't joined.
      const files = name === "shop.batched" ? 3 : 1;
      expect([name, deleteFiles, dataFiles, uuid]).toEqual([name, 0, files, first.tables[name]?.uuid]);
      expect([name, await fifth.rows(name)]).toEqual([name, await fourth.rows(name)]);
    }
    expect(fifth.tables["shop.totals"]?.operations.at(-1)).toBe("replace");
    // And once more: nothing is left to do, and nothing is old enough to go.
    const again = await maintain();
    expect(new Set(again.tables.map(({ status }) => status))).toEqual(new Set(["skipped"]));
  });

  it("builds a model again that another writer's commit came before, and gives up with a code", async () => {
    // While the model runs it asks this server, which lets another writer commit first.
    let rivals = 0;
    let commit: () => Promise<void> = async () => {};
    const server = createServer(({ method }, response) => {
      const done = (): void => void response.writeHead(200).end("done");
      // DuckDB looks at a file before it reads it, also where the model is only described.
      if (rivals === 0 || method !== "GET") return done();
      rivals--;
      commit().then(done, done);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/now.txt`;
    using product = await lakeProduct(lake, {
      "dbt_project.yml":
        "name: shop\nversion: '1.0'\nprofile: shop\nvars: {wider: false, broken: false}\nmodels: {shop: {+materialized: table, +schema: rivals}}\nseeds: {shop: {+schema: rivals}}\nsnapshots: {shop: {+schema: rivals_history}}\n",
      "models/contested.sql": `select 1 as n, content from read_text('${address}')\n`,
      "models/below.sql": "select n from {{ ref('contested') }}\n",
    });
    const narrow = { select: "contested below" };
    well(await product.run(narrow));
    commit = () =>
      connected(product, async (connection) => {
        await connection.query("INSERT INTO lake.shop_rivals.contested VALUES (2, 'a rival')");
      });

    rivals = 1;
    const { events, observe } = recording();
    well(await product.run({ ...narrow, observe }));
    const told = (name: string) =>
      events.flatMap((event: RunEvent) =>
        event.type === "node" && event.name === name ? event.node.status : [],
      );
    expect(told("contested")).toEqual(["started", "error", "started", "success"]);
    expect(told("below").at(-1)).toBe("success");
    expect(await product.rows("lake.shop_rivals.contested")).toEqual([["1", "done"]]);

    rivals = 99;
    const report = await product.run(narrow);
    expect(report.status).toBe("failed");
    expect(report.faults.map(({ code, summary }) => [code, summary])).toEqual([
      ["CATALOG.CONFLICT", "contested couldn't be built: another writer keeps coming first."],
    ]);
    // The other's rows are there, and the last that this product built.
    const rows = await product.rows("lake.shop_rivals.contested");
    expect(rows.filter(([, content]) => content === "a rival")).toHaveLength(3);
    expect(rows.filter(([, content]) => content === "done")).toHaveLength(1);
  });

  it("keeps its macros in the dbt project as long as there is a catalog, and never over a file of the user's", async () => {
    using product = await lakeProduct(lake, { "macros/floe/mine.sql": "{% macro mine() %}{% endmacro %}" });
    const { compiled } = await compile({ cwd: product.dir, env: process.env });
    expect(compiled.written).toContain(join("macros", "floe", "materializations.sql"));
    const inFolder = () => readdirSync(join(product.dir, "macros", "floe"));
    expect(inFolder().length).toBeGreaterThan(5);
    product.write("manifest.yaml", await lakeManifest(undefined));
    await compile({ cwd: product.dir, env: process.env });
    expect(inFolder()).toEqual(["mine.sql"]);
    product.write("macros/floe/types.sql", "{% macro types() %}{% endmacro %}");
    product.write("manifest.yaml", await lakeManifest(lake));
    await expect(compile({ cwd: product.dir, env: process.env })).rejects.toMatchObject({
      code: "PROJECT.EXISTS",
      where: { file: join("macros", "floe", "types.sql") },
    });
    expect(existsSync(join(product.dir, "macros", "floe", "columns.sql"))).toBe(false);
  });
});
