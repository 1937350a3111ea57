import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SampleProduct, WITH_FUSION } from "./sample-product.ts";

const LONG = 120_000;
const BIN = join(import.meta.dirname, "..", "..", "..", "packages", "cli", "bin", "floe.cjs");
const PLANTED = ["planted", process.pid, "value"].join("-");
const MANIFEST = `${WITH_FUSION}  lineage_backend: {type: marquez, config: {url: "http://127.0.0.1:9", api_key: {source: env, name: SHOP_KEY}}}
observability:
  lineage: {transport: console}
  monitor: {availability: 1s, freshness: 1h, schema_drift: 1h, quality: 1h}
`;

let product: SampleProduct;
beforeAll(() => {
  product = new SampleProduct({ "manifest.yaml": MANIFEST });
});
afterAll(() => product[Symbol.dispose]());

/** A command of the user's, beside one on another: not on a terminal. */
function floe(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...words], {
    cwd: product.dir,
    encoding: "utf8",
    env: { ...process.env, SHOP_KEY: PLANTED },
  });
  const json = () => JSON.parse(stdout) as { ok: boolean; result: Record<string, unknown> };
  return { status, stdout, stderr, json };
}

// In this order: each stands on what those before it made.
describe("the commands on a product", { timeout: LONG }, () => {
  it("run --dry-run says what would run and by what, touches nothing, and tells no secret", () => {
    const { status, stdout, stderr } = floe("run", "--dry-run");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(`shop in dev would run:
compile by dbt fusion
ingestion by ingestion dlt
  orders -> raw.orders
  customers -> raw.customers
build by dbt fusion
  silver_orders
  not_null_silver_orders_id
  unique_silver_orders_id
build by dbt fusion
  gold_totals
  not_null_gold_totals_customer
  not_null_gold_totals_total
  unique_gold_totals_customer
quality by data_quality custom
  silver_orders: some orders
  silver_orders: small amounts
  gold_totals: totals are positive
lineage: floe-dev to a file
`);
    const { result } = floe("run", "--dry-run", "--select", "gold_totals", "--json").json();
    expect(result).toMatchObject({ profile: { type: "duckdb" }, environment: "dev" });
    expect(result.steps).toHaveLength(3);
    for (const file of [".floe/shop.duckdb", "compiled_artifacts.json", ".floe/runs"]) {
      expect([file, existsSync(join(product.dir, file))]).toEqual([file, false]);
    }
    const written = globSync("{.floe,target}/**/*.{json,jsonl,yml}", { cwd: product.dir });
    expect(written.length).toBeGreaterThan(0);
    for (const file of written) expect(readFileSync(join(product.dir, file), "utf8")).not.toContain(PLANTED);
    expect(stdout + JSON.stringify(result)).not.toContain(PLANTED);
  });

  it("run --exclude leaves out models with their tests and checks", () => {
    const { status, json } = floe("run", "--exclude", "gold_totals", "--json");
    expect(status).toBe(0);
    const { result } = json();
    expect(result).toMatchObject({ models: { success: 1 }, tests: { pass: 2 }, checks: { passed: 2 } });
    expect(JSON.stringify(result)).not.toContain(PLANTED);
  });

  it("run --env keeps the traces that the environment's share says, and the run all the same", () => {
    writeFileSync(
      join(product.dir, "manifest.yaml"),
      MANIFEST.replace("observability:", "observability:\n  tracing: {sampling: {staging: 0}}"),
    );
    const traced = (): number => globSync(".floe/runs/*/traces.jsonl", { cwd: product.dir }).length;
    const before = traced();
    expect(before).toBeGreaterThan(0);
    expect(floe("run", "--env", "staging").status).toBe(0);
    expect(traced()).toBe(before);
  });

  it("runs show tells the last run step by step, and where its files are", () => {
    const { status, stdout } = floe("runs", "show");
    expect(status).toBe(0);
    expect(stdout).toMatch(/run of shop 1\.0\.0 in staging: success/);
    for (const step of ["compile", "ingestion", "build", "quality"]) {
      expect(stdout).toMatch(new RegExp(`^${step}\\s+success\\s+\\d+\\.\\d`, "m"));
    }
    expect(existsSync(/lineage and trace: (.+)$/m.exec(stdout)?.[1] ?? "")).toBe(true);
    expect(floe("runs", "show", "nothing").stderr).toContain("RUN.NOT_FOUND");
  });

  it("test runs dbt's tests and the checks on what is there, and loads and builds nothing", () => {
    product.write("data/orders.csv", "id,customer_id,amount\n1,1,10\n2,1,20\n3,2,30\n4,2,9\n");
    const { status, json } = floe("test", "--json");
    expect(status).toBe(0);
    expect(json().result).toMatchObject({
      run: { mode: "test" },
      sources: [],
      models: {},
      tests: { pass: 5 },
      checks: { passed: 3 },
    });
    product.write("floe.yaml", product.read("floe.yaml").replace("max: 1000", "max: 15"));
    product.write(
      "floe.yaml",
      product.read("floe.yaml").replace("name: small amounts,", "name: small amounts, severity: critical,"),
    );
    const unmet = floe("test", "--select", "silver_orders");
    expect(unmet.status).toBe(4);
    expect(unmet.stdout).toMatch(
      /QUALITY\.CHECK_FAILED: silver_orders: the check small amounts isn't met \(2 of 3 rows\)/,
    );
  });

  it("lint names file, line and rule, and --fix mends what it can", () => {
    product.write(
      "models/gold_totals.sql",
      "SELECT  customer, sum(amount) as total from {{ ref('silver_orders') }} group by customer\n",
    );
    const found = floe("lint");
    expect(found.status).toBe(4);
    expect(found.stdout).toMatch(/^models\/gold_totals\.sql:1:\d+ {2}\w+ .*\(--fix mends it\)$/m);
    const mended = floe("lint", "--fix", "--json").json();
    expect(mended.result.fixed).toBeGreaterThan(0);
    expect(product.read("models/gold_totals.sql")).not.toContain("SELECT  customer");
    expect(product.read("models/gold_totals.sql")).toContain("{{ ref('silver_orders') }}");
  });

  it("monitor checks again and again at its intervals, and SIGTERM ends it cleanly", async () => {
    const child = spawn(process.execPath, [BIN, "monitor", "--json"], {
      cwd: product.dir,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = once(child, "close");
    let words = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      words += text;
    });
    const findings: { check: string; at: string; healthy: boolean }[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      const told = JSON.parse(line);
      if (told.ok !== undefined) {
        expect(told).toEqual({ ok: true, result: { findings: [] } });
        continue;
      }
      findings.push(told);
      if (findings.filter(({ check }) => check === "availability").length === 3) child.kill("SIGTERM");
    }
    expect([await ended, words]).toEqual([[0, null], ""]);
    const times = (name: string): number[] =>
      findings.filter(({ check }) => check === name).map(({ at }) => Date.parse(at));
    expect(findings.filter(({ check, healthy }) => check === "availability" && !healthy)).toEqual([]);
    const [first = 0, second = 0, third = 0] = times("availability");
    expect(Math.min(second - first, third - second)).toBeGreaterThanOrEqual(1000);
    // Those of an hour came up once.
    for (const check of ["freshness", "schema_drift", "quality"]) expect(times(check)).toHaveLength(1);
    expect(JSON.parse(product.read(".floe/monitor.json"))).toHaveProperty("availability");
    // After its interval of a second, what is due anew is due for the next, and nothing else.
    await sleep(1000);
    const { result } = floe("monitor", "--once", "--json").json();
    expect(result).toMatchObject({ findings: [{ check: "availability" }] });
  });
});
