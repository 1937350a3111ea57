import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Airflow, type ParsedDags, requireAirflow } from "@floe/tooling/airflow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOrchestrator, type Sample, sampleArtifacts, writeProduct } from "./sample-artifacts.ts";

const found = await requireAirflow();
const missing = "missing" in found ? found.missing : undefined;

const SHOP: Sample = {
  name: "shop",
  sources: ["orders", "customers"],
  nodes: {
    regions: { kind: "seed" },
    bronze_orders: { tier: "bronze", inputs: ["raw.orders"] },
    bronze_customers: { tier: "bronze", inputs: ["raw.customers"] },
    silver_customers: { tier: "silver", inputs: ["bronze_customers", "regions"], checks: ["warning"] },
    silver_orders: { tier: "silver", inputs: ["bronze_orders"], checks: ["critical", "warning"] },
    silver_baskets: { tier: "silver", inputs: ["silver_orders"] },
    gold_totals: { tier: "gold", inputs: ["silver_baskets", "silver_customers"], checks: ["critical"] },
    history: { kind: "snapshot", inputs: ["silver_customers"] },
  },
  tests: {
    customers_exist: ["bronze_customers", "silver_orders"],
    orders_are_loaded: ["raw.orders"],
    totals_match: ["gold_totals", "bronze_orders"],
  },
  floe: {
    schedule: { cron: "0 6 * * *", timezone: "America/New_York", enabled: true },
    quality: { enabled: true, weights: {}, thresholds: { min_score: 80 } },
    output_ports: [{ name: "gold_totals", description: "Totals by customer." }],
  },
};
const PLAIN: Sample = {
  name: "plain",
  nodes: { silver_orders: {}, gold_totals: { inputs: ["silver_orders"] } },
  floe: { schedule: { cron: "30 2 * * *", timezone: "Europe/Berlin", enabled: true } },
};

describe.skipIf(missing !== undefined)(`a DAG file in Airflow ${missing ?? ""}`, { timeout: 120_000 }, () => {
  const airflow = found as Airflow;
  let parsed: ParsedDags;
  let ticks: string[][];

  beforeAll(async () => {
    const dir = (name: string): string => join(airflow.dags, name);
    writeProduct(
      dir("my shop"),
      SHOP,
      createOrchestrator({ retries: 3, retry_delay_seconds: 10, tags: ["nightly"] }),
    );
    writeProduct(
      dir("by-model"),
      { ...SHOP, name: "by-model" },
      createOrchestrator({ granularity: "model", pool: "warehouse" }),
    );
    writeProduct(
      dir("whole"),
      { ...SHOP, name: "whole" },
      createOrchestrator({ granularity: "product", max_active_tasks: 4 }),
    );
    writeProduct(dir("plain"), PLAIN, createOrchestrator({ env: { OPENLINEAGE_URL: "http://127.0.0.1:9" } }));
    writeProduct(dir("off"), {
      ...SHOP,
      name: "off",
      floe: { schedule: { cron: "0 6 * * *", enabled: false } },
    });
    const booked = createOrchestrator();
    await booked.scheduleJob("booked", "0 9 * * *", "Asia/Tokyo");
    await booked.scheduleJob("another", "0 10 * * *", "UTC");
    writeProduct(dir("booked"), { ...SHOP, name: "booked" }, booked);
    writeFileSync(
      join(dir("plain"), "own_dag.py"),
      "from airflow.sdk import DAG\ndag = DAG('hand_written')\n",
    );
    mkdirSync(join(dir("plain"), "target"), { recursive: true });
    writeFileSync(join(dir("plain"), "target", "dag.py"), "raise RuntimeError('airflow dag in target')\n");

    for (const name of ["missing", "future", "old", "foreign", "cut", "without"]) {
      writeProduct(dir(name), { ...SHOP, name });
    }
    const replace = (name: string, text: string): void =>
      writeFileSync(join(dir(name), "compiled_artifacts.json"), text);
    rmSync(join(dir("missing"), "compiled_artifacts.json"));
    replace("future", JSON.stringify({ ...sampleArtifacts({ ...SHOP, name: "future" }), version: "0.17.0" }));
    replace(
      "old",
      JSON.stringify({ ...sampleArtifacts({ ...SHOP, name: "old" }), floe: { format: 1, models: {} } }),
    );
    replace("foreign", JSON.stringify(sampleArtifacts(PLAIN)));
    replace("cut", readFileSync(join(dir("cut"), "compiled_artifacts.json"), "utf8").slice(0, 400));
    replace("without", JSON.stringify({ ...sampleArtifacts({ ...SHOP, name: "without" }), floe: undefined }));

    const tick = (dag_id: string, after: string) =>
      ({ ask: "ticks", with: { dag_id, after, count: 3 } }) as const;
    const [dags, ...rest] = await airflow.ask([
      { ask: "parse" },
      tick("shop", "2026-10-30T12:00:00Z"),
      tick("shop", "2027-03-12T12:00:00Z"),
      tick("plain", "2026-10-24T12:00:00Z"),
      tick("plain", "2027-03-26T12:00:00Z"),
      tick("booked", "2026-10-30T12:00:00Z"),
    ]);
    parsed = dags;
    ticks = rest;
  });
  afterAll(() => airflow[Symbol.dispose]());

  const tasksOf = (dag: string) => parsed.dags[dag]?.tasks ?? {};
  const upstreamOf = (dag: string) =>
    Object.fromEntries(Object.entries(tasksOf(dag)).map(([id, { upstream }]) => [id, upstream]));
  const short = (ids: readonly string[] = []): string[] => ids.map((id) => id.split(".").slice(2).join("."));

  it("is read without the data's tools, and other DAGs beside it are too", () => {
    expect(parsed.heavy).toEqual([]);
    expect(Object.keys(parsed.dags).sort()).toEqual([
      "booked",
      "by-model",
      "hand_written",
      "off",
      "plain",
      "shop",
      "whole",
    ]);
  });

  it("has a task for each tier, and checks between a model and what depends on it", () => {
    expect(upstreamOf("shop")).toEqual({
      "ingestion.load": [],
      "seeds.build": [],
      "bronze.build": ["ingestion.load"],
      "silver.build": ["bronze.build", "seeds.build"],
      "silver.check": ["silver.build"],
      "silver.build_2": ["silver.check"],
      "gold.build": ["bronze.build", "silver.build", "silver.build_2"],
      "gold.check": ["gold.build"],
      "snapshots.build": ["silver.build"],
      "quality.score": ["gold.check", "silver.check"],
    });
    expect(tasksOf("shop")["silver.check"]?.steps).toEqual([
      { step: "check", models: ["model.shop.silver_orders", "model.shop.silver_customers"] },
    ]);
  });

  it("runs a test of several models where the last of them is built, and one of sources first", () => {
    const tests = (task: string): string[] => short(tasksOf("shop")[task]?.steps[0]?.tests);
    expect(tests("seeds.build")).toEqual([]);
    expect(tests("bronze.build")).toEqual(["orders_are_loaded"]);
    expect(tests("silver.build")).toEqual(["customers_exist"]);
    expect(tests("gold.build")).toEqual(["totals_match"]);
  });

  it("sends a table's asset event when the table is known to be good", () => {
    const outlets = (task: string) => tasksOf("shop")[task]?.outlets;
    expect(outlets("ingestion.load")).toEqual(["x-floe://shop/raw.customers", "x-floe://shop/raw.orders"]);
    expect(outlets("silver.build")).toEqual(["x-floe://shop/silver_customers"]);
    expect(outlets("silver.check")).toEqual(["x-floe://shop/silver_orders"]);
    expect(outlets("gold.check")).toEqual(["x-floe://shop/gold_totals"]);
  });

  it("has a task for each source and model, where that is asked for", () => {
    const upstream = upstreamOf("by-model");
    expect(upstream).toMatchObject({
      "ingestion.orders": [],
      "bronze.bronze_orders": ["ingestion.orders"],
      "bronze.bronze_customers": ["ingestion.customers"],
      "silver.silver_orders": ["bronze.bronze_customers", "bronze.bronze_orders"],
      "silver.silver_orders.check": ["silver.silver_orders"],
      "silver.silver_baskets": ["silver.silver_orders.check"],
      "snapshots.history": ["silver.silver_customers"],
    });
    expect(new Set(Object.values(tasksOf("by-model")).map(({ pool }) => pool))).toEqual(
      new Set(["warehouse"]),
    );
  });

  it("has one task for the whole product, where that is asked for", () => {
    expect(Object.keys(tasksOf("whole"))).toEqual(["run"]);
    expect(tasksOf("whole").run?.steps).toEqual([
      { step: "ingest", sources: ["orders", "customers"] },
      { step: "build" },
    ]);
    expect(parsed.dags.whole?.max_active_tasks).toBe(4);
  });

  it("carries owner, tags, documentation, retries, and one writer for a DuckDB file", () => {
    const { tags, doc, max_active_runs, max_active_tasks, catchup } = parsed.dags.shop ?? {};
    expect({ tags, max_active_runs, max_active_tasks, catchup }).toEqual({
      tags: ["floe", "nightly", "sales"],
      max_active_runs: 1,
      max_active_tasks: 1,
      catchup: false,
    });
    expect(doc).toContain("What is sold.");
    expect(doc).toContain("`gold_totals` Totals by customer.");
    expect(tasksOf("shop")["gold.build"]).toMatchObject({
      owner: "sales@example.com",
      retries: 3,
      retry_delay: 10,
      pool: "default_pool",
    });
  });

  it("keeps products apart that have the same models", () => {
    const outlets = (dag: string) => Object.values(tasksOf(dag)).flatMap((task) => task.outlets);
    expect(outlets("plain")).toContain("x-floe://plain/silver_orders");
    expect(outlets("shop").filter((uri) => outlets("plain").includes(uri))).toEqual([]);
  });

  it("tells lineage of the run itself, where lineage goes somewhere", () => {
    const { begin, end } = tasksOf("plain");
    expect(begin?.upstream).toEqual([]);
    expect(end).toMatchObject({ teardown: true });
    expect(tasksOf("plain")["models.build"]?.upstream).toEqual(["begin"]);
    expect(tasksOf("shop").begin).toBeUndefined();
  });

  it("runs at the same local time before and after the clocks change", () => {
    expect(ticks.slice(0, 4)).toEqual([
      ["2026-10-31T10:00:00+00:00", "2026-11-01T11:00:00+00:00", "2026-11-02T11:00:00+00:00"],
      ["2027-03-13T11:00:00+00:00", "2027-03-14T10:00:00+00:00", "2027-03-15T10:00:00+00:00"],
      // 2:30 comes twice, and the run once; then there is no 2:30, and the run comes when the clock has jumped.
      ["2026-10-25T01:30:00+00:00", "2026-10-26T01:30:00+00:00", "2026-10-27T01:30:00+00:00"],
      ["2027-03-27T01:30:00+00:00", "2027-03-28T01:30:00+00:00", "2027-03-29T00:30:00+00:00"],
    ]);
    expect(parsed.dags.off?.timetable).toBe("NullTimetable");
  });

  it("runs when a program has scheduled it, in place of the product's own schedule", () => {
    expect(ticks[4]?.[0]).toBe("2026-10-31T00:00:00+00:00");
  });

  it.each([
    ["missing", /compiled_artifacts\.json can't be read: No such file.*Run floe compile/],
    ["future", /written by a newer floe \(format 0\.17\.0\)/],
    ["old", /of an older floe/],
    ["without", /--without-extensions/],
    ["foreign", /is of the product plain, and this DAG file of foreign/],
    ["cut", /isn't whole/],
  ])("says as an import error what is wrong with artifacts: %s", (name, message) => {
    expect(parsed.errors[`${name}/airflow_dag.py`]).toMatch(message);
    expect(parsed.dags[name]).toBeUndefined();
  });
});
