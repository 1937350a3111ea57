import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CatalogAuthorization, IngestionConfig, IngestionSource } from "@floe/core";
import { createTestContext, refusedPort, refusingServer, stallingServer } from "@floe/testkit/check";
import { icebergRest } from "@floe/tooling/iceberg-rest";
import { requireNessie } from "@floe/tooling/nessie";
import { requireService } from "@floe/tooling/service";
import plugin from "floe-ingestion-dlt";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { interpreter, PYTHON_DIR, python, readTable } from "./read-table.ts";

const folder = mkdtempSync(join(tmpdir(), "floe-lake-"));
const fixture = await requireService(icebergRest({ path: folder }));
const nessie = await requireNessie();
afterAll(async () => {
  if ("url" in fixture) await fixture[Symbol.asyncDispose]();
  if ("uri" in nessie) await nessie[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const SECRETS = { TOKEN: "a token of the test" };
const context = createTestContext({ kind: "ingestion", name: "dlt", dir: folder, secrets: SECRETS, python });
const ingestion = plugin.create(plugin.configSchema.parse({}), {
  ...context,
  plugin: { ...context.plugin, packageDir: join(import.meta.dirname, "..") },
});
beforeAll(() => ingestion.startup?.());
afterAll(() => ingestion.shutdown?.());

/** A product with one source; files are written as a test goes on. */
function product(uri: string, warehouse: string, source: Partial<IngestionSource> = {}, name = "orders") {
  const dir = mkdtempSync(join(folder, "product-"));
  mkdirSync(join(dir, "data"));
  const authorization: CatalogAuthorization = { type: "none" };
  const config: IngestionConfig = {
    productName: "shop",
    projectDir: dir,
    stateDir: join(dir, "state"),
    destination: { type: "duckdb", path: ":memory:" },
    catalog: { name: "lake", uri, warehouse, authorization },
    sources: [
      {
        name,
        sourceType: "filesystem",
        format: "csv",
        path: "data/*.csv",
        destinationTable: `raw.${name}`,
        writeMode: "append",
        schemaContract: "evolve",
        ...source,
      } as IngestionSource,
    ],
  };
  return {
    config,
    dir,
    write: (file: string, text: string) => writeFileSync(join(dir, "data", file), text),
    async load(runId?: string) {
      const pipeline = await ingestion.createPipeline(config);
      const { sources } = await ingestion.run(pipeline, runId === undefined ? {} : { runId });
      return sources[0];
    },
    read: (...columns: string[]) => readTable({ uri, warehouse }, `raw.${name}`, columns),
  };
}

const LOAD =
  "import json, sys; from floe_ingestion_dlt import load; load(json.loads(sys.argv[1]), run_id='killed')";

const catalogs = [
  {
    name: "Apache's REST catalog",
    uri: "url" in fixture ? fixture.url : undefined,
    warehouse: folder,
    history: (operations: string[]) => operations,
  },
  {
    name: "Nessie, with keys that it lends",
    uri: "uri" in nessie ? nessie.uri : undefined,
    warehouse: "warehouse",
    // Its history is that of its commits; in a table's metadata it leaves the current snapshot alone.
    history: (operations: string[]) => operations.slice(-1),
  },
];

describe.each(catalogs)("$name", { timeout: 180_000 }, ({ uri = "", warehouse, history }) => {
  it.skipIf(uri === "")(
    "takes appends by cursor, replaced and merged tables, a snapshot for each load",
    async () => {
      const events = product(uri, warehouse, { cursorField: "id" }, "events");
      events.write("a.csv", "id,name\n1,a\n2,b\n");
      expect(await events.load("first")).toMatchObject({ success: true, rowsLoaded: 2 });
      events.write("b.csv", "id,name,more\n3,c,x\n");
      rmSync(join(events.dir, "state"), { recursive: true });
      expect(await events.load("second")).toMatchObject({
        success: true,
        rowsLoaded: 1,
        addedColumns: ["more"],
      });
      expect(await events.load("second")).toMatchObject({ success: true, rowsLoaded: 1 });
      const read = await events.read("id", "more");
      expect(read).toMatchObject({
        rows: [
          [1, null],
          [2, null],
          [3, "x"],
        ],
        operations: history(["append", "append"]),
      });

      const replaced = product(uri, warehouse, { writeMode: "replace" }, "replaced");
      replaced.write("a.csv", "id\n1\n2\n");
      await replaced.load();
      const { uuid } = await replaced.read("id");
      replaced.write("a.csv", "id\n3\n");
      await replaced.load();
      expect(await replaced.read("id")).toEqual({
        uuid,
        rows: [[3]],
        operations: history(["append", "overwrite"]),
      });

      const merged = product(uri, warehouse, { writeMode: "merge", primaryKey: "id" }, "merged");
      merged.write("a.csv", "id,amount\n1,10\n2,20\n");
      await merged.load();
      merged.write("a.csv", "id,amount\n2,21\n3,30\n");
      expect(await merged.load()).toMatchObject({ success: true, rowsLoaded: 2 });
      expect(await merged.read("id", "amount")).toMatchObject({
        rows: [
          [1, 10],
          [2, 21],
          [3, 30],
        ],
        operations: history(["append", "overwrite"]),
      });
    },
  );

  it.skipIf(uri === "")("has each row once when a load is killed at any time and goes on", async () => {
    const rows = 20_000;
    const ids = (from: number) => Array.from({ length: rows }, (_, index) => from + index).join("\n");
    const trial = product(uri, warehouse, {}, "trial");
    trial.write("a.csv", `id\n${ids(0)}\n`);
    const killed = product(uri, warehouse, {}, "killed");
    killed.write("a.csv", `id\n${ids(0)}\n`);
    expect(await killed.load("before")).toMatchObject({ success: true, rowsLoaded: rows });
    killed.write("a.csv", `id\n${ids(rows)}\n`);

    const program = await interpreter();
    const start = ({ config: { catalog, ...others } }: typeof killed) => {
      const told = { ...others, catalog: catalog && ingestion.getDestinationConfig(catalog) };
      return spawn(program, ["-c", LOAD, JSON.stringify(told)], { cwd: PYTHON_DIR, stdio: "ignore" });
    };
    const began = performance.now();
    expect((await once(start(trial), "exit"))[0]).toBe(0);
    const whole = performance.now() - began;
    for (const part of [0.5, 0.75, 0.9]) {
      const process = start(killed);
      const exit = once(process, "exit");
      await sleep(whole * part);
      process.kill("SIGKILL");
      await exit;
    }
    expect(await killed.load("killed")).toMatchObject({ success: true, rowsLoaded: rows });
    const { rows: read, operations } = await killed.read("id");
    expect(read.map(([id]) => id)).toEqual(Array.from({ length: 2 * rows }, (_, index) => index));
    expect(operations).toEqual(history(["append", "append"]));
  });
});

describe("a catalog that can't be used is told before anything is loaded", () => {
  it("where nothing listens, nothing answers, or nobody is let in", async () => {
    const refused = await refusedPort();
    const stalling = await stallingServer();
    const refusing = await refusingServer();
    onTestFinished(async () => {
      for (const server of [stalling, refusing]) await server[Symbol.asyncDispose]();
    });
    const started = performance.now();
    const codes = await Promise.all(
      [refused, stalling, refusing].map(({ url }) =>
        ingestion.createPipeline(product(url, "wh").config).catch(({ code }) => code),
      ),
    );
    expect(codes).toEqual(["CONNECTION.REFUSED", "CONNECTION.TIMEOUT", "CONNECTION.UNAUTHORIZED"]);
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  it("and a token goes to the catalog alone", async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers.authorization);
      response.writeHead(200, { "content-type": "application/json" }).end('{"defaults":{},"overrides":{}}');
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { config } = product(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, "wh");
    const authorization = { type: "bearer", token: { source: "env", name: "TOKEN" } } as const;
    const catalog = { ...(config.catalog as NonNullable<typeof config.catalog>), authorization };
    await ingestion.createPipeline({ ...config, catalog });
    expect(asked).toEqual([`Bearer ${SECRETS.TOKEN}`]);
    expect(JSON.stringify(ingestion.getDestinationConfig(catalog))).not.toContain(SECRETS.TOKEN);
  });
});
