import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Airflow, type DagRun, requireAirflow } from "../../services/airflow/airflow.ts";
import { type DeployedProduct, deploySample, useDatabase } from "./airflow-product.ts";

const LONG = 600_000;
const found = await requireAirflow();
const missing = "missing" in found ? found.missing : undefined;

/** What may go wrong before or while the data's tools work, by the name of a DAG. */
const FAILING = {
  "no-rows": { retries: 1, retry_delay_seconds: 0 },
  "no-python": { python_path: "/nowhere/python" },
  "no-dbt": { python_path: "missing" in found ? "" : found.python },
  "no-code": {},
  "other-manifest": {},
};

describe.skipIf(missing !== undefined)(`a product in Airflow ${missing ?? ""}`, { timeout: LONG }, () => {
  const airflow = found as Airflow;
  let shop: DeployedProduct;
  let byModel: DeployedProduct;
  let whole: DagRun;
  let unmet: DagRun;
  const failed = new Map<string, DagRun>();
  /** What was logged of each. */
  const logs = { whole: "", unmet: "", model: "" };
  let failures = "";

  // All that is asked is asked of one process: importing Airflow takes longer than most of it.
  beforeAll(async () => {
    shop = await deploySample(join(airflow.dags, "my shop"));
    expect(existsSync(join(shop.dir, "target"))).toBe(false);
    byModel = shop.copy(join(airflow.dags, "by-model"));
    byModel.configure({ granularity: "model" }, ({ metadata }) => {
      metadata.product_name = "by-model";
    });
    for (const [name, config] of Object.entries(FAILING)) {
      const copy = shop.copy(join(airflow.dags, name));
      copy.configure({ granularity: "product", retries: 0, ...config }, ({ metadata }) => {
        metadata.product_name = name;
      });
      if (name === "no-rows") copy.write("data/orders.csv", "");
      if (name === "no-code") rmSync(join(copy.dir, "deploy"), { recursive: true });
      const foreign = { metadata: { project_name: "another" }, nodes: {}, sources: {} };
      if (name === "other-manifest") copy.write("target/manifest.json", JSON.stringify(foreign));
    }
    // What the last run has built, where a check that it doesn't meet is critical.
    const strict = shop.copy(join(airflow.dags, "strict"));
    strict.configure({ retries: 2, retry_delay_seconds: 0 }, (artifacts) => {
      artifacts.metadata.product_name = "strict";
      useDatabase(artifacts, join(shop.dir, ".floe", "shop.duckdb"));
      const { expectations } = artifacts.floe as unknown as { expectations: Record<string, unknown>[] };
      const check = expectations.find(({ name }) => name === "small amounts");
      Object.assign(check ?? {}, { severity: "error", class: "critical", critical: true });
    });
    const run = (dag_id: string) => ({ ask: "run", with: { dag_id } }) as const;
    const test = (task: string) =>
      ({ ask: "command", with: { words: ["tasks", "test", "by-model", task] } }) as const;
    let rest: unknown[];
    [whole, unmet, , , ...rest] = await airflow.ask([
      run("shop"),
      { ask: "run", with: { dag_id: "strict", done: "ingestion.*|seeds.*|silver.build" } },
      test("ingestion.orders"),
      test("silver.silver_seen"),
      ...Object.keys(FAILING).map(run),
    ]);
    for (const [index, name] of Object.keys(FAILING).entries()) failed.set(name, rest[index] as DagRun);
    const [first = "", second = "", , model = "", ...others] = airflow.logs;
    Object.assign(logs, { whole: first, unmet: second, model });
    failures = others.join("");
  }, LONG);
  afterAll(() => airflow[Symbol.dispose]());

  it("runs where only its folder was copied to, and checks that warn fail nothing", async () => {
    expect(whole).toMatchObject({ state: "success" });
    expect(new Set(Object.values(whole.tasks))).toEqual(new Set(["success"]));
    expect(logs.whole).toMatch(/unmet check small amounts on silver_orders: 1 rows/);
    expect(logs.whole).toMatch(/pass test\.shop\.all_counted/);
    expect(await shop.rows("SELECT * FROM gold_totals ORDER BY ALL")).toEqual([
      ["ada", "5010"],
      ["bob", "30"],
    ]);
    expect(await shop.rows("SELECT * FROM gold_regions ORDER BY ALL")).toEqual([
      ["north", "2"],
      ["south", "1"],
    ]);
    expect(await shop.rows("SELECT count(*) FROM history")).toEqual([["2"]]);
  });

  it("needs of Python what it lists, and nothing else", () => {
    const lines = (text: string): string[] => text.split("\n").filter((line) => /^[a-z]/.test(line));
    const installed = readFileSync(join(import.meta.dirname, "../../services/airflow/tasks.in"), "utf8");
    expect(lines(shop.read("deploy/airflow/requirements.txt")).toSorted()).toEqual(
      lines(installed).toSorted(),
    );
  });

  it("does one task alone: a model with its tests, where each has a task", async () => {
    const built = [...logs.model.matchAll(/(?:success|pass) ((?:model|test)\.shop\.[a-z_]+)/g)];
    expect(new Set(built.map(([, id]) => id))).toEqual(
      new Set(["model.shop.silver_seen", "test.shop.not_null_silver_seen_id"]),
    );
    expect(await byModel.rows("SELECT count(*) FROM silver_seen")).toEqual([["3"]]);
    const tables = await byModel.rows("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'");
    expect(tables).toEqual([["silver_seen"]]);
  });

  it("fails the check that isn't met, once, and runs nothing that depends on it", () => {
    expect(unmet.state).toBe("failed");
    expect(unmet.tasks).toEqual({
      "ingestion.load": "success",
      "seeds.build": "success",
      "silver.build": "success",
      "silver.check": "failed",
      "gold.build": "upstream_failed",
      "gold.check": "upstream_failed",
      "snapshots.build": "upstream_failed",
      "quality.score": "upstream_failed",
    });
    expect(unmet.tries["silver.check"]).toBe(1);
    expect(logs.unmet).toContain("The check small amounts on silver_orders isn't met");
  });

  it("tries again what trying again may mend, and says what is missing", () => {
    const told = Object.fromEntries(
      [...failed].map(([name, { state, tries }]) => [name, [state, tries.run]]),
    );
    expect(told).toEqual({
      "no-rows": ["failed", 2],
      "no-python": ["failed", 1],
      "no-dbt": ["failed", 1],
      "no-code": ["failed", 1],
      "other-manifest": ["failed", 1],
    });
    expect(failures).toMatch(/The source orders couldn't be loaded/);
    expect(failures).toMatch(
      /\/nowhere\/python can't be started: No such file or directory\. Set python_path/,
    );
    expect(failures).toMatch(/can't import (dbt|dlt|duckdb)[.\w]*: install the product's requirements there/);
    expect(failures).toMatch(/deploy\/python\/floe_product: copy the product's folder whole/);
    expect(failures).toMatch(/is of the dbt project another, not shop/);
  });
});
