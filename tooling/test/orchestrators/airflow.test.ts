import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import type { CompiledArtifacts } from "@floe/core";
import { compiledArtifactsSchema } from "@floe/core/artifacts";
import { compile } from "@floe/host/compile";
import { InvalidProduct } from "@floe/host/run";
import { createTestContext } from "@floe/testkit";
import plugin from "floe-orchestrator-airflow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Airflow, requireAirflow } from "../../services/airflow/airflow.ts";
import { SampleProduct } from "../run/sample-product.ts";

const LONG = 600_000;
const found = await requireAirflow();
const missing = "missing" in found ? found.missing : undefined;

const INSTALLED = ["floe-compute-duckdb", "floe-dbt-local", "floe-dq-custom", "floe-ingestion-dlt"];
/** Beside what the sample has: a seed, a snapshot, a model without a table, and a test of two models. */
const FILES = {
  "package.json": JSON.stringify({
    private: true,
    dependencies: Object.fromEntries([...INSTALLED, "floe-orchestrator-airflow"].map((name) => [name, "*"])),
  }),
  "manifest.yaml": `apiVersion: floe.dev/v1
kind: Manifest
metadata: {name: shop-platform, version: 1.0.0, owner: me@example.com}
plugins:
  orchestrator: {type: airflow, config: {retries: 2, retry_delay_seconds: 0}}
  compute: {type: duckdb}
  data_quality: {provider: custom, thresholds: {min_score: 50}}
`,
  "seeds/regions.csv": "customer,region\nada,north\nbob,south\n",
  "models/positive.sql": `{{ config(materialized='ephemeral') }}
select * from {{ ref('silver_orders') }} where amount > 0
`,
  "models/gold_regions.sql": `select r.region, count(*) as orders from {{ ref('positive') }} p
join {{ ref('regions') }} r using (customer) group by r.region
`,
  "snapshots/history.sql": `{% snapshot history %}
{{ config(target_schema='main', unique_key='customer', strategy='check', check_cols=['total']) }}
select * from {{ ref('gold_totals') }}
{% endsnapshot %}
`,
  "tests/all_counted.sql": `select 1 from (select sum(orders) as n from {{ ref('gold_regions') }})
where n <> (select count(*) from {{ ref('silver_orders') }})
`,
};

/** Only what a machine without floe gets: the compiled files, the dbt project, the data. */
const COPIED = [
  ...["compiled_artifacts.json", "airflow_dag.py", ".airflowignore", "deploy", "dbt_project.yml"],
  ...["models", "seeds", "snapshots", "tests", "data"],
];

const CUSTOMERS = "id,name\n1,ada\n2,bob\n";

describe.skipIf(missing !== undefined)(`a product in Airflow ${missing ?? ""}`, { timeout: LONG }, () => {
  const airflow = found as Airflow;
  const dir = join(airflow.dags, "my shop");

  beforeAll(async () => {
    using product = new SampleProduct(FILES);
    await compile({ cwd: product.dir, env: process.env });
    for (const name of COPIED) cpSync(join(product.dir, name), join(dir, name), { recursive: true });
    // One amount is more than a check wants that only warns.
    write("data/orders.csv", "id,customer_id,amount\n1,1,10\n2,1,5000\n3,2,30\n");
    write("data/customers.csv", CUSTOMERS);
  }, LONG);
  afterAll(() => airflow[Symbol.dispose]());

  function write(path: string, text: string, product = dir): void {
    mkdirSync(dirname(join(product, path)), { recursive: true });
    writeFileSync(join(product, path), text);
  }

  /** Compiles anew what the manifest's options alone decide. */
  function configure(
    config: object,
    product = dir,
    change: (artifacts: CompiledArtifacts) => void = () => {},
  ): void {
    const file = join(product, "compiled_artifacts.json");
    const artifacts = compiledArtifactsSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    change(artifacts);
    writeFileSync(file, JSON.stringify(artifacts));
    const context = createTestContext({ kind: "orchestrator", name: "airflow", dir: airflow.home });
    const loader = plugin.create(plugin.configSchema.parse(config), context).generateLoader(artifacts);
    for (const [path, text] of Object.entries(loader)) write(path, text, product);
  }

  async function rows(sql: string): Promise<string[][]> {
    const database = await DuckDBInstance.create(join(dir, ".floe", "shop.duckdb"), {
      access_mode: "READ_ONLY",
    });
    const connection = await database.connect();
    try {
      return (await connection.runAndReadAll(sql)).getRows().map((row) => row.map(String));
    } finally {
      connection.closeSync();
      database.closeSync();
    }
  }
  const totals = () => rows("SELECT * FROM gold_totals ORDER BY ALL");

  it("runs where only its folder was copied to, and checks that warn fail nothing", async () => {
    expect(existsSync(join(dir, "target"))).toBe(false);
    const [run] = await airflow.ask([{ ask: "run", with: { dag_id: "shop" } }]);
    expect(run).toMatchObject({ state: "success" });
    expect(new Set(Object.values(run.tasks))).toEqual(new Set(["success"]));
    expect(airflow.text).toMatch(/unmet check small amounts on silver_orders: 1 rows/);
    expect(await totals()).toEqual([
      ["ada", "5010"],
      ["bob", "30"],
    ]);
    expect(await rows("SELECT * FROM gold_regions ORDER BY ALL")).toEqual([
      ["north", "2"],
      ["south", "1"],
    ]);
    expect(await rows("SELECT count(*) FROM history")).toEqual([["2"]]);
    expect(airflow.text).toMatch(/pass test\.shop\.all_counted/);
  });

  it("does one task alone: a model with its tests, where each has a task", async () => {
    configure({ granularity: "model" });
    write("data/orders.csv", "id,customer_id,amount\n1,1,10\n2,1,5000\n3,2,30\n4,2,1\n");
    const before = await totals();
    await airflow.command(["tasks", "test", "shop", "ingestion.orders"]);
    expect(await rows("SELECT count(*) FROM raw.orders")).toEqual([["4"]]);
    expect(await rows("SELECT count(*) FROM silver_orders")).toEqual([["3"]]);
    await airflow.command(["tasks", "test", "shop", "silver.silver_orders"]);
    const built = [...airflow.text.matchAll(/(?:success|pass) ((?:model|test)\.shop\.[a-z_]+)/g)].map(
      ([, id]) => id,
    );
    expect(new Set(built)).toEqual(
      new Set([
        "model.shop.silver_orders",
        "test.shop.not_null_silver_orders_id",
        "test.shop.unique_silver_orders_id",
      ]),
    );
    expect(await rows("SELECT count(*) FROM silver_orders")).toEqual([["4"]]);
    expect(await totals()).toEqual(before);
  });

  it("fails the check that isn't met, once, and runs nothing that depends on it", async () => {
    configure({ retries: 2, retry_delay_seconds: 0 });
    write("data/customers.csv", "id,name\n8,eve\n");
    const before = await totals();
    const [run] = await airflow.ask([{ ask: "run", with: { dag_id: "shop" } }]);
    write("data/customers.csv", CUSTOMERS);
    expect(run.state).toBe("failed");
    expect(run.tasks).toEqual({
      "ingestion.load": "success",
      "seeds.build": "success",
      "silver.build": "success",
      "silver.check": "failed",
      "gold.build": "upstream_failed",
      "gold.check": "upstream_failed",
      "snapshots.build": "upstream_failed",
      "quality.score": "upstream_failed",
    });
    expect(run.tries["silver.check"]).toBe(1);
    expect(airflow.text).toContain("The check some orders on silver_orders isn't met");
    expect(await totals()).toEqual(before);
  });

  it("tries again what trying again may mend, and says what is missing", async () => {
    const variants = {
      "no-rows": { retries: 1, retry_delay_seconds: 0 },
      "no-python": { python_path: "/nowhere/python" },
      "no-dbt": { python_path: airflow.python },
      "no-code": {},
      "other-manifest": {},
    };
    for (const [name, config] of Object.entries(variants)) {
      const copy = join(airflow.dags, name);
      for (const part of COPIED) cpSync(join(dir, part), join(copy, part), { recursive: true });
      configure({ granularity: "product", retries: 0, ...config }, copy, ({ metadata }) => {
        metadata.product_name = name;
      });
    }
    write("data/orders.csv", "", join(airflow.dags, "no-rows"));
    rmSync(join(airflow.dags, "no-code", "deploy"), { recursive: true });
    const foreign = { metadata: { project_name: "another" }, nodes: {}, sources: {} };
    write("target/manifest.json", JSON.stringify(foreign), join(airflow.dags, "other-manifest"));
    const runs = await airflow.ask(
      Object.keys(variants).map((dag_id) => ({ ask: "run", with: { dag_id } }) as const),
    );
    expect(runs.map(({ state }) => state)).toEqual(["failed", "failed", "failed", "failed", "failed"]);
    expect(runs.map(({ tries }) => tries.run)).toEqual([2, 1, 1, 1, 1]);
    const { text } = airflow;
    expect(text).toMatch(/The source orders couldn't be loaded/);
    expect(text).toMatch(/\/nowhere\/python can't be started: No such file or directory\. Set python_path/);
    expect(text).toMatch(/can't import (dbt|dlt|duckdb)[.\w]*: install the product's requirements there/);
    expect(text).toMatch(/deploy\/python\/floe_product: copy the product's folder whole/);
    expect(text).toMatch(/is of the dbt project another, not shop/);
  });

  it("is scheduled, run, and tells other DAGs of its tables", async () => {
    configure({ granularity: "product" }, dir, ({ floe }) => {
      Object.assign(floe ?? {}, {
        schedule: { cron: "* * * * *", timezone: "Europe/Berlin", enabled: true },
      });
    });
    await using server = await airflow.start();
    interface Run {
      run_type: string;
      state: string;
      run_after: string;
    }
    const ask = async (path: string, change?: object): Promise<Record<string, unknown>> => {
      const response = await fetch(`${server.url}/${path}`, {
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(change === undefined ? {} : { method: "PATCH", body: JSON.stringify(change) }),
      });
      return (await response.json()) as Record<string, unknown>;
    };
    const until = async <T>(what: string, look: () => Promise<T | undefined>): Promise<T> => {
      for (const deadline = Date.now() + LONG; Date.now() < deadline; await sleep(500)) {
        const seen = await look().catch(() => undefined);
        if (seen !== undefined) return seen;
      }
      throw new Error(`${what} didn't come:\n${airflow.log.slice(-4000)}`);
    };
    const token = await until("the API server", async () => {
      const response = await fetch(`${server.url}/auth/token`);
      return response.ok ? ((await response.json()) as { access_token: string }).access_token : undefined;
    });
    await ask("api/v2/dags/shop", { is_paused: false });
    const run = await until("a run", async () => {
      const { dag_runs: runs } = (await ask("api/v2/dags/shop/dagRuns")) as { dag_runs: Run[] };
      return runs.find(({ run_type, state }) => run_type === "scheduled" && /success|failed/.test(state));
    });
    expect(run).toMatchObject({ state: "success" });
    expect(new Date(run.run_after).getSeconds()).toBe(0);
    const { asset_events: events } = (await ask("api/v2/assets/events")) as {
      asset_events: { uri: string }[];
    };
    expect(events.map(({ uri }) => uri)).toEqual(
      expect.arrayContaining(["x-floe://shop/gold_totals", "x-floe://shop/raw.orders"]),
    );
    const context = createTestContext({ kind: "orchestrator", name: "airflow", dir: airflow.home });
    const config = plugin.configSchema.parse({ url: server.url });
    expect(await plugin.create(config, context).validateConnection()).toMatchObject({ success: true });
  });
});

describe("a schedule that can't be", () => {
  it.each([
    ["cron", '{cron: "0 6 * *"}', /five fields/],
    ["cron", '{cron: "0 0 30 2 *"}', /never fires/],
    ["timezone", '{cron: "0 6 * * *", timezone: Mars/Phobos}', /no timezone/],
  ])("is shown at its place when it is compiled: %s in %s", async (key, schedule, message) => {
    using product = new SampleProduct(FILES);
    const text = readFileSync(join(product.dir, "floe.yaml"), "utf8");
    product.write("floe.yaml", `${text}schedule: ${schedule}\n`);
    const refused = await compile({ cwd: product.dir, env: process.env }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InvalidProduct);
    const [fault] = (refused as InvalidProduct).faults;
    expect(fault).toMatchObject({ code: "CONFIG.INVALID_VALUE", where: { file: "floe.yaml" } });
    expect(`${fault?.summary} ${fault?.why}`).toMatch(message);
    expect(text.split("\n").length).toBe(fault?.where?.line);
    expect(schedule.slice((fault?.where?.column ?? 0) - "schedule: ".length - 1)).toContain(
      schedule.split(`${key}: `)[1]?.slice(0, 4),
    );
    expect(existsSync(join(product.dir, "airflow_dag.py"))).toBe(false);
  });
});
