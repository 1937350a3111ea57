import { execFile, execFileSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PythonEnvironment, RunEvent } from "@floe/core";
import { compile } from "@floe/host/compile";
import { InvalidProduct } from "@floe/host/run";
import { createTestContext } from "@floe/testkit/check";
import plugin from "floe-orchestrator-dagster";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  dagsterEnvironment,
  dagsterVariables,
  dagsterWebserver,
  installLoader,
  productMachine,
} from "../../services/dagster.ts";
import { type LineageReceiver, startLineageReceiver } from "../../services/lineage-receiver.ts";
import { startService } from "../../services/service.ts";
import { SampleProduct } from "../run/sample-product.ts";
import { CompiledCopy } from "./compiled-copy.ts";
import { brokenRuns, edgesOf, factsOf } from "./lineage-edges.ts";
import { Probe } from "./probe.ts";

const run = promisify(execFile);
const LONG = 300_000;
const environment = await dagsterEnvironment();
const missing = "missing" in environment ? environment.missing : undefined;

interface Executed {
  success: boolean;
  failure: string | null;
  materialized: string[];
  checks: Record<string, [passed: boolean, severity: string]>;
}

interface Described {
  assets: Record<
    string,
    {
      deps: string[];
      group: string;
      owners: string[];
      tags: Record<string, string>;
      description: string;
      columns: string[];
    }
  >;
  checks: Record<string, boolean>;
  schedules: { name: string; job: string; cron: string; timezone: string; status: string }[];
  jobs: Record<string, { tags: Record<string, string>; description: string | null }>;
}

const SCHEMA = `models:
  - name: silver_orders
    description: Orders with their customers.
    columns:
      - {name: id, description: The order., data_tests: [not_null, unique]}
      - {name: customer}
      - {name: amount}
  - name: gold_totals
    config: {tags: [money]}
    columns:
      - {name: customer, data_tests: [not_null, unique]}
      - {name: total, data_tests: [not_null]}
  - name: gold_other
    columns:
      - {name: id, data_tests: [not_null]}
`;

function manifest(url: string): string {
  return `apiVersion: floe.dev/v1
kind: Manifest
metadata: {name: shop-platform, version: 1.0.0, owner: me@example.com}
plugins:
  compute: {type: duckdb}
  orchestrator: {type: dagster, config: {retries: 1, retry_delay_seconds: 0}}
  lineage_backend: {type: marquez, config: {url: "${url}", timeout_seconds: 2}}
  data_quality: {provider: custom}
resource_presets:
  medium: {cpu: "3", memory: 5Gi}
`;
}

const FLOE = `apiVersion: floe.dev/v1
kind: FloeSpec
metadata: {name: shop, version: 1.0.0, owner: shop-team, description: What customers bought.}
schedule: {cron: "0 6 * * *", timezone: America/New_York}
ingestion:
  sources:
    - {name: orders, sourceType: filesystem, format: csv, path: data/orders.csv, destinationTable: raw.orders, writeMode: replace}
    - {name: customers, sourceType: filesystem, format: csv, path: data/customers.csv, destinationTable: raw.customers, writeMode: replace}
transforms:
  - name: silver_orders
    tags: [core]
    qualityChecks:
      - {name: some orders, type: row_count_between, severity: critical, parameters: {min: 1}}
      - {name: "amounts: sane", type: between, column: amount, severity: critical, parameters: {max: 1000}}
      - {name: small amounts, type: between, column: amount, parameters: {max: 25}}
  - name: gold_totals
    qualityChecks:
      - {name: totals are positive, type: between, column: total, severity: critical, parameters: {min: 0}}
`;

describe.skipIf(missing !== undefined)(
  `Dagster with a compiled product ${missing ?? ""}`,
  { timeout: LONG },
  () => {
    const { python, script } = environment as PythonEnvironment;
    let receiver: LineageReceiver;
    let product: SampleProduct;
    let copy: CompiledCopy;
    let probe: Probe;
    let scratch: string;
    let env: Record<string, string>;

    beforeAll(async () => {
      receiver = await startLineageReceiver();
      product = new SampleProduct({
        "manifest.yaml": manifest(receiver.url),
        "floe.yaml": FLOE,
        "models/schema.yml": SCHEMA,
        "models/gold_other.sql": "select id from {{ source('raw', 'customers') }}\n",
      });
      withDagster(product);
      await compile({ cwd: product.dir, env: process.env });
      copy = new CompiledCopy(product.dir);
      scratch = mkdtempSync(join(tmpdir(), "floe-dagster-"));
      await installLoader(environment as PythonEnvironment, join(scratch, "loader"));
      mkdirSync(join(scratch, "home"));
      writeFileSync(join(scratch, "home", "dagster.yaml"), "telemetry: {enabled: false}\n");
      env = dagsterVariables(join(scratch, "loader"), join(scratch, "home"));
      probe = new Probe(python, join(import.meta.dirname, "dagster_probe.py"), env);
    }, LONG);

    afterAll(async () => {
      await probe?.[Symbol.asyncDispose]();
      await receiver?.[Symbol.asyncDispose]();
      copy?.[Symbol.dispose]();
      product?.[Symbol.dispose]();
      rmSync(scratch, { recursive: true, force: true });
    });

    it("defines what dbt builds and ingestion loads, as they depend on each other", async () => {
      // dbt hasn't parsed the copy: it has no target folder, and loading it parses.
      const { assets, checks, schedules, jobs } = await probe.ask<Described>("describe", {
        folder: copy.dir,
      });
      expect(Object.fromEntries(Object.entries(assets).map(([key, { deps }]) => [key, deps]))).toEqual({
        "shop/raw/orders": [],
        "shop/raw/customers": [],
        "shop/silver_orders": ["shop/raw/customers", "shop/raw/orders"],
        "shop/gold_totals": ["shop/silver_orders"],
        "shop/gold_other": ["shop/raw/customers"],
      });
      expect(Object.fromEntries(Object.entries(assets).map(([key, { group }]) => [key, group]))).toEqual({
        "shop/raw/orders": "ingestion",
        "shop/raw/customers": "ingestion",
        "shop/silver_orders": "silver",
        "shop/gold_totals": "gold",
        "shop/gold_other": "gold",
      });
      expect(assets["shop/silver_orders"]).toMatchObject({
        owners: ["team:shop-team"],
        tags: { core: "", "floe/product": "shop" },
        description: "Orders with their customers.",
        columns: ["id", "customer", "amount"],
      });
      expect(assets["shop/gold_totals"]?.tags).toMatchObject({ money: "" });
      // dbt's tests of severity error block, as in dbt; of floe's checks the critical ones do.
      expect(checks).toEqual({
        "shop/silver_orders:not_null_silver_orders_id": true,
        "shop/silver_orders:unique_silver_orders_id": true,
        "shop/gold_totals:not_null_gold_totals_customer": true,
        "shop/gold_totals:unique_gold_totals_customer": true,
        "shop/gold_totals:not_null_gold_totals_total": true,
        "shop/gold_other:not_null_gold_other_id": true,
        "shop/silver_orders:some_orders": true,
        "shop/silver_orders:amounts_sane": true,
        "shop/silver_orders:small_amounts": false,
        "shop/gold_totals:totals_are_positive": true,
      });
      expect(schedules).toEqual([
        {
          name: "shop_schedule",
          job: "shop",
          cron: "0 6 * * *",
          timezone: "America/New_York",
          status: "RUNNING",
        },
      ]);
      expect(jobs.shop?.description).toBe("What customers bought.");
      expect(jobs.shop?.tags["dagster-k8s/config"]).toContain('"cpu": "3"');
    });

    it("ticks at the same local time across the changes to and from summer time", async () => {
      const ticks = (start: string) => probe.ask<string[]>("ticks", { folder: copy.dir, start, count: 3 });
      expect(await ticks("2026-03-06T12:00:00+00:00")).toEqual([
        "2026-03-07T11:00:00+00:00",
        "2026-03-08T10:00:00+00:00",
        "2026-03-09T10:00:00+00:00",
      ]);
      expect(await ticks("2026-10-30T12:00:00+00:00")).toEqual([
        "2026-10-31T10:00:00+00:00",
        "2026-11-01T11:00:00+00:00",
        "2026-11-02T11:00:00+00:00",
      ]);
    });

    it("gives the gold tables and the lineage of floe run", async () => {
      const report = await product.run();
      expect(report.status).toBe("success");
      await expect.poll(() => lineageBalance(receiver.events).shop, { timeout: 20_000 }).toHaveLength(2);
      const own = receiver.events.splice(0);

      const run = await probe.ask<Executed>("execute", { folder: copy.dir });
      expect(run).toMatchObject({ success: true, failure: null });
      expect(run.materialized).toEqual([
        "shop/gold_other",
        "shop/gold_totals",
        "shop/raw/customers",
        "shop/raw/orders",
        "shop/silver_orders",
      ]);
      expect(Object.values(run.checks)).toHaveLength(10);
      expect(run.checks["shop/silver_orders:small_amounts"]).toEqual([false, "WARN"]);
      expect(Object.values(run.checks).filter(([passed]) => !passed)).toHaveLength(1);
      expect(rows(python, copy.dir)).toEqual(await product.rows("gold_totals"));

      await expect.poll(() => lineageBalance(receiver.events).shop, { timeout: 20_000 }).toHaveLength(2);
      const theirs = receiver.events.splice(0);
      expect(receiver.refused).toEqual([]);
      expect(brokenRuns(theirs, "shop")).toEqual([]);
      expect(edgesOf(within(theirs, copy.dir))).toEqual(edgesOf(within(own, product.dir)));
      expect(factsOf(within(theirs, copy.dir))).toEqual(factsOf(within(own, product.dir)));
      expect(lineageBalance(theirs)).toEqual(
        Object.fromEntries(Object.keys(lineageBalance(own)).map((job) => [job, ["START", "COMPLETE"]])),
      );
      expect(theirs[0]?.job.name).toBe("shop");
      expect(theirs.at(-1)?.job.name).toBe("shop");
    });

    it("runs a selection alone: an asset, a source, a check", async () => {
      const execute = (parameters: Record<string, unknown>) =>
        probe.ask<Executed>("execute", { folder: copy.dir, ...parameters });
      expect(await execute({ assets: ["shop/gold_totals"] })).toMatchObject({
        success: true,
        materialized: ["shop/gold_totals"],
        checks: {},
      });
      expect(await execute({ assets: ["shop/raw/orders"] })).toMatchObject({
        success: true,
        materialized: ["shop/raw/orders"],
        checks: {},
      });
      const checked = await execute({
        checks: [
          ["shop/silver_orders", "amounts_sane"],
          ["shop/gold_totals", "unique_gold_totals_customer"],
        ],
      });
      expect(checked).toEqual({
        success: true,
        failure: null,
        materialized: [],
        checks: {
          "shop/silver_orders:amounts_sane": [true, "ERROR"],
          "shop/gold_totals:unique_gold_totals_customer": [true, "ERROR"],
        },
      });
    });

    it("shows a critical check that isn't met as failed, and builds nothing on it", async () => {
      receiver.events.splice(0);
      appendFileSync(join(copy.dir, "data", "orders.csv"), "4,1,5000\n");
      const before = rows(python, copy.dir);
      const run = await probe.ask<Executed>("execute", { folder: copy.dir });
      expect(run.success).toBe(false);
      expect(run.failure).toContain("amounts: sane");
      expect(run.checks["shop/silver_orders:amounts_sane"]).toEqual([false, "ERROR"]);
      expect(run.materialized).toContain("shop/silver_orders");
      expect(run.materialized).toContain("shop/gold_other");
      expect(run.materialized).not.toContain("shop/gold_totals");
      expect(rows(python, copy.dir)).toEqual(before);
      await expect
        .poll(() => lineageBalance(receiver.events).shop, { timeout: 20_000 })
        .toEqual(["START", "FAIL"]);
      expect(lineageBalance(receiver.events)["shop.silver_orders.quality"]).toEqual(["START", "FAIL"]);
      expect(lineageBalance(receiver.events)).not.toHaveProperty("shop.gold_totals");
    });

    it("builds what doesn't read a source that can't be loaded, and fails, as floe run does", async () => {
      using broken = new CompiledCopy(product.dir);
      rmSync(join(broken.dir, "data", "orders.csv"));
      receiver.events.splice(0);
      const run = await probe.ask<Executed>("execute", { folder: broken.dir });
      expect(run).toMatchObject({
        success: false,
        materialized: ["shop/gold_other", "shop/raw/customers"],
        checks: { "shop/gold_other:not_null_gold_other_id": [true, "ERROR"] },
      });
      expect(run.failure).toContain("A source wasn't loaded: orders");
      // Sources are tried twice before anything is built, but only those that failed; the run ended once.
      await expect.poll(() => lineageBalance(receiver.events).shop, { timeout: 20_000 }).toHaveLength(2);
      expect(brokenRuns(receiver.events, "shop")).toEqual([]);
      expect(lineageBalance(receiver.events)).toEqual({
        shop: ["START", "FAIL"],
        "shop.ingestion.orders": ["START", "FAIL", "START", "FAIL"],
        "shop.ingestion.customers": ["START", "COMPLETE"],
        "shop.gold_other": ["START", "COMPLETE"],
        "shop.gold_other.quality": ["START", "COMPLETE"],
      });
    });

    it("loads two products with the same models into one code location", async () => {
      using other = new CompiledCopy(product.dir);
      for (const file of ["compiled_artifacts.json", "definitions.py"]) {
        const path = join(other.dir, file);
        writeFileSync(
          path,
          readFileSync(path, "utf8")
            .replace('"product_name": "shop"', '"product_name": "other-shop"')
            .replace('definitions("shop"', 'definitions("other-shop"'),
        );
      }
      const keys = await probe.ask<string[]>("merged", { folder: copy.dir, other: other.dir });
      expect(keys).toContain("shop/gold_totals");
      expect(keys).toContain("other-shop/gold_totals");
      expect(keys).toHaveLength(10);
    });

    it("says what to do about a product that can't be loaded", async () => {
      const refusal = async (change: (dir: string) => void): Promise<string> => {
        using bad = new CompiledCopy(product.dir);
        change(bad.dir);
        return await probe.ask<string>("refusal", { folder: bad.dir });
      };
      const edit = (dir: string, text: string, by: string) => {
        const file = join(dir, "compiled_artifacts.json");
        writeFileSync(file, readFileSync(file, "utf8").replace(text, by));
      };
      expect(await refusal((dir) => rmSync(join(dir, "compiled_artifacts.json")))).toContain("floe compile");
      expect(await refusal((dir) => edit(dir, '"version": "0.16.0"', '"version": "2.0.0"'))).toContain(
        "ARTIFACTS.VERSION",
      );
      expect(await refusal((dir) => edit(dir, '"waves"', '"vawes"'))).toContain("older floe");
      expect(await refusal((dir) => edit(dir, '"product_name": "shop"', '"product_name": "inn"'))).toContain(
        "of the product inn, not shop",
      );
      expect(
        await refusal((dir) => {
          mkdirSync(join(dir, "target"));
          writeFileSync(
            join(dir, "target", "manifest.json"),
            JSON.stringify({ metadata: { project_name: "inn" }, nodes: {} }),
          );
        }),
      ).toContain("of the dbt project inn, not shop");
      // Neither parsed nor to be parsed.
      expect(
        await refusal((dir) => writeFileSync(join(dir, "models", "gold_totals.sql"), "{{ nowhere(")),
      ).toContain("dbt parse");
    });

    it("runs on a machine with nothing but what the product asks for, in a folder that can't be written to", async () => {
      using frozen = new CompiledCopy(product.dir);
      const state = join(scratch, "state");
      // What is a file can't be a folder, whoever asks; permissions don't stop root.
      for (const name of [".floe", "target"]) writeFileSync(join(frozen.dir, name), "");
      const machine = await productMachine(
        environment as PythonEnvironment,
        join(scratch, "loader"),
        join(frozen.dir, "deploy", "dagster", "requirements.txt"),
      );
      await using there = new Probe(machine, join(import.meta.dirname, "dagster_probe.py"), {
        ...env,
        FLOE_STATE_DIR: state,
      });
      // The database lies in the product, below .floe; elsewhere it has to be another file.
      const file = join(frozen.dir, "compiled_artifacts.json");
      writeFileSync(
        file,
        readFileSync(file, "utf8").replaceAll(/"path": "[^"]*\.duckdb"/g, '"path": "shop.duckdb"'),
      );
      receiver.events.splice(0);
      expect(await there.ask<Executed>("execute", { folder: frozen.dir })).toMatchObject({
        success: true,
        failure: null,
      });
      // Also what follows columns through SQL is there.
      const told = () => receiver.events.findLast(({ job }) => job.name === "shop.gold_totals");
      await expect.poll(() => told()?.eventType, { timeout: 20_000 }).toBe("COMPLETE");
      expect(told()?.outputs?.[0]?.facets).toHaveProperty("columnLineage.fields.total");
    });

    it("passes Dagster's own validation, and its webserver answers", async () => {
      const file = join(copy.dir, "definitions.py");
      // A home of its own: two processes that make the tables of one at once get in each other's way.
      await run(script("dagster"), ["definitions", "validate", "-f", file], {
        env: { ...env, DAGSTER_HOME: mkdtempSync(join(scratch, "validated ")) },
      });
      await using webserver = await startService(
        dagsterWebserver(environment as PythonEnvironment, file, env),
        scratch,
      );
      const orchestrator = plugin.create(
        plugin.configSchema.parse({ url: webserver.url }),
        createTestContext({ kind: "orchestrator", name: "dagster", dir: scratch }),
      );
      expect(await orchestrator.validateConnection()).toMatchObject({ success: true, next: [] });
      const response = await fetch(`${webserver.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query: "{ assetNodes { assetKey { path } isExecutable } }" }),
      });
      const { data } = (await response.json()) as {
        data: { assetNodes: { assetKey: { path: string[] }; isExecutable: boolean }[] };
      };
      expect(
        data.assetNodes
          .filter((one) => one.isExecutable)
          .map(({ assetKey }) => assetKey.path.join("/"))
          .sort(),
      ).toEqual([
        "shop/gold_other",
        "shop/gold_totals",
        "shop/raw/customers",
        "shop/raw/orders",
        "shop/silver_orders",
      ]);
    });
  },
);

describe("a compile for Dagster", { timeout: LONG }, () => {
  it.each([
    ["61 6 * * *", "UTC", "schedule.cron"],
    ["0 6 30 2 *", "UTC", "schedule.cron"],
    ["0 6 * * *", "Mars/Phobos", "schedule.timezone"],
  ])("refuses %s in %s, and shows the field", async (cron, timezone, path) => {
    using product = new SampleProduct({
      "floe.yaml": `apiVersion: floe.dev/v1
kind: FloeSpec
metadata: {name: shop, version: 1.0.0}
schedule: {cron: "${cron}", timezone: "${timezone}"}
`,
    });
    const refused = await compile({ cwd: product.dir, env: process.env }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InvalidProduct);
    const [fault] = (refused as InvalidProduct).faults;
    expect(fault?.where?.path).toBe(path);
    expect(fault?.where?.line).toBe(4);
  });

  it("writes values for the charts but over no file of yours, and removes all that is Dagster's with it", async () => {
    using product = new SampleProduct({
      "manifest.yaml": manifest("http://127.0.0.1:9"),
      "definitions.py": "# mine\n",
    });
    withDagster(product);
    await expect(compile({ cwd: product.dir, env: process.env })).rejects.toMatchObject({
      code: "PROJECT.EXISTS",
      where: { file: "definitions.py" },
    });
    expect(readFileSync(join(product.dir, "definitions.py"), "utf8")).toBe("# mine\n");
    rmSync(join(product.dir, "definitions.py"));
    const { compiled } = await compile({ cwd: product.dir, env: process.env });
    const code = compiled.files.filter((file) => file.startsWith("deploy/python/"));
    expect(code).toContain("deploy/python/floe_ingestion_dlt/worker.py");
    expect(compiled.files.filter((file) => !code.includes(file))).toEqual([
      "compiled_artifacts.json",
      "profiles.yml",
      "definitions.py",
      "deploy/dagster/requirements.txt",
      "deploy/helm/dagster.yaml",
      "deploy/helm/marquez.yaml",
      "deploy/generated.json",
    ]);
    const values = parse(readFileSync(join(product.dir, "deploy", "helm", "dagster.yaml"), "utf8"));
    const context = createTestContext({ kind: "orchestrator", name: "dagster", dir: product.dir });
    const config = plugin.configSchema.parse({ retries: 1, retry_delay_seconds: 0 });
    expect(values).toEqual(plugin.create(config, context).getHelmValues());

    product.write("manifest.yaml", manifest("http://127.0.0.1:9").replace(/ {2}orchestrator:.*\n/, ""));
    const { compiled: without } = await compile({ cwd: product.dir, env: process.env });
    expect(without.removed).toEqual([
      "definitions.py",
      "deploy/dagster/requirements.txt",
      "deploy/helm/dagster.yaml",
      ...code.toSorted(),
    ]);
    expect(existsSync(join(product.dir, "definitions.py"))).toBe(false);
    expect(readdirSync(join(product.dir, "deploy"))).toEqual(["generated.json", "helm"]);
  });
});

function withDagster(product: SampleProduct): void {
  const file = JSON.parse(readFileSync(join(product.dir, "package.json"), "utf8"));
  file.dependencies["floe-orchestrator-dagster"] = "*";
  product.write("package.json", JSON.stringify(file));
}

/** The type of each event, by job. */
function lineageBalance(events: readonly RunEvent[]): Record<string, string[]> {
  const jobs: Record<string, string[]> = {};
  for (const { job, eventType } of events) jobs[job.name] = [...(jobs[job.name] ?? []), eventType];
  return jobs;
}

/** Events without the folder that the product was in. */
function within(events: readonly RunEvent[], folder: string): RunEvent[] {
  return JSON.parse(JSON.stringify(events).replaceAll(folder, "")) as RunEvent[];
}

/** The rows of the gold table in a product's database, by the engine that Dagster has. */
function rows(python: string, dir: string): string[][] {
  const program =
    "import duckdb, json, sys; print(json.dumps([[str(value) for value in row] for row in " +
    "duckdb.connect(sys.argv[1], read_only=True).execute('SELECT * FROM gold_totals ORDER BY ALL').fetchall()]))";
  return JSON.parse(
    execFileSync(python, ["-c", program, join(dir, ".floe", "shop.duckdb")], { encoding: "utf8" }),
  ) as string[][];
}
