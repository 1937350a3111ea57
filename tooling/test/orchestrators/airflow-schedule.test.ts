import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { compile } from "@floe/host/compile";
import { InvalidProduct } from "@floe/host/run";
import { createTestContext } from "@floe/testkit";
import plugin from "floe-orchestrator-airflow";
import { afterAll, describe, expect, it } from "vitest";
import { type Airflow, type RunningAirflow, requireAirflow } from "../../services/airflow/airflow.ts";
import { SampleProduct } from "../run/sample-product.ts";
import { AIRFLOW_FILES, deploySample, useDatabase } from "./airflow-product.ts";

const LONG = 600_000;
const found = await requireAirflow();
const missing = "missing" in found ? found.missing : undefined;

describe.skipIf(missing !== undefined)(`a product that Airflow schedules ${missing ?? ""}`, () => {
  const airflow = found as Airflow;
  afterAll(() => airflow[Symbol.dispose]());

  it("runs in a folder it can't write to, starts over, and tells of its tables", {
    timeout: LONG,
  }, async () => {
    const shop = await deploySample(join(airflow.dags, "my shop"));
    const outside = join(airflow.home, "data");
    mkdirSync(outside);
    const database = join(outside, "shop.duckdb");
    shop.configure(
      {
        granularity: "product",
        python_path: unprivileged(airflow.tasksPython, join(airflow.home, "python.sh")),
        env: { FLOE_STATE_DIR: join(outside, "state") },
      },
      (artifacts) => {
        const schedule = { cron: "* * * * *", timezone: "Europe/Berlin", enabled: true };
        Object.assign(artifacts.floe ?? {}, { schedule });
        useDatabase(artifacts, database);
      },
    );
    shop.allowWriting(false);
    const before = shop.content();
    await using server = await airflow.start();
    const api = new Api(server, airflow);
    await api.change("PATCH", "api/v2/dags/shop", { is_paused: false });
    const run = await api.ended(({ run_type }) => run_type === "scheduled");
    await api.change("PATCH", "api/v2/dags/shop", { is_paused: true });
    expect(run).toMatchObject({ state: "success" });
    expect(new Date(run.run_after).getSeconds()).toBe(0);
    const { asset_events: events } = (await api.get("api/v2/assets/events")) as {
      asset_events: { uri: string }[];
    };
    expect(events.map(({ uri }) => uri)).toEqual(
      expect.arrayContaining(["x-floe://shop/gold_totals", "x-floe://shop/raw.orders"]),
    );
    expect(shop.content()).toEqual(before);
    const context = createTestContext({ kind: "orchestrator", name: "airflow", dir: airflow.home });
    const config = plugin.configSchema.parse({ url: server.url });
    expect(await plugin.create(config, context).validateConnection()).toMatchObject({ success: true });

    // Rows that were loaded before: a run that doesn't start over loads none of them, and keeps its own.
    shop.allowWriting(true);
    shop.write("data/orders.csv", "id,customer_id,amount\n1,1,7\n2,1,7\n3,2,7\n");
    shop.allowWriting(false);
    const { dag_run_id } = (await api.change("POST", "api/v2/dags/shop/dagRuns", {
      logical_date: null,
      conf: { full_refresh: true },
    })) as { dag_run_id: string };
    await api.change("PATCH", "api/v2/dags/shop", { is_paused: false });
    expect(await api.ended((one) => one.dag_run_id === dag_run_id)).toMatchObject({ state: "success" });
    await api.change("PATCH", "api/v2/dags/shop", { is_paused: true });
    await server[Symbol.asyncDispose]();
    expect(await shop.rows("SELECT * FROM gold_totals ORDER BY ALL", database)).toEqual([
      ["ada", "14"],
      ["bob", "7"],
    ]);
    expect(await shop.rows("SELECT count(*) FROM silver_seen", database)).toEqual([["3"]]);
    shop.allowWriting(true);
  });
});

describe("a schedule that can't be", () => {
  it.each([
    ["cron", '{cron: "0 6 * *"}', /five fields/],
    ["cron", '{cron: "0 0 30 2 *"}', /never fires/],
    ["timezone", '{cron: "0 6 * * *", timezone: Mars/Phobos}', /no timezone/],
  ])("is shown at its place when it is compiled: %s in %s", async (key, schedule, message) => {
    using product = new SampleProduct(AIRFLOW_FILES);
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

/** Root isn't kept from writing by permissions, unless it gives that right up. */
function unprivileged(python: string, script: string): string {
  if (process.getuid?.() !== 0) return python;
  writeFileSync(script, `#!/bin/sh\nexec setpriv --bounding-set -dac_override -- '${python}' "$@"\n`);
  chmodSync(script, 0o755);
  return script;
}

interface Run {
  dag_run_id: string;
  run_type: string;
  state: string;
  run_after: string;
}

/** Airflow's REST API, once it answers. */
class Api {
  readonly #server: RunningAirflow;
  readonly #airflow: Airflow;
  #token: Promise<string> | undefined;

  constructor(server: RunningAirflow, airflow: Airflow) {
    this.#server = server;
    this.#airflow = airflow;
  }

  get(path: string): Promise<Record<string, unknown>> {
    return this.#ask(path);
  }

  /** @throws Error if Airflow doesn't take it within the time of a test: a DAG isn't known at once. */
  change(method: "PATCH" | "POST", path: string, content: object): Promise<Record<string, unknown>> {
    return this.#until(path, () => this.#ask(path, { method, body: JSON.stringify(content) }));
  }

  /** The run that is meant, when it has ended. */
  ended(meant: (run: Run) => boolean): Promise<Run> {
    return this.#until("a run", async () => {
      const { dag_runs: runs } = (await this.get("api/v2/dags/shop/dagRuns")) as { dag_runs: Run[] };
      return runs.find((run) => meant(run) && /success|failed/.test(run.state));
    });
  }

  async #ask(path: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
    this.#token ??= this.#until("the API server", async () => {
      const response = await fetch(`${this.#server.url}/auth/token`);
      return response.ok ? ((await response.json()) as { access_token: string }).access_token : undefined;
    });
    const headers = { authorization: `Bearer ${await this.#token}`, "content-type": "application/json" };
    const response = await fetch(`${this.#server.url}/${path}`, { headers, ...init });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  }

  async #until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    let fault: unknown;
    for (const deadline = Date.now() + LONG; Date.now() < deadline; await sleep(500)) {
      const seen = await look().catch((error: unknown) => {
        fault = error;
        return undefined;
      });
      if (seen !== undefined) return seen;
    }
    throw new Error(`${what} didn't come:\n${fault}\n${this.#airflow.log.slice(-4000)}`);
  }
}
