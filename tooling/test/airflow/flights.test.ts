import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { RunEvent } from "@floe/core";
import { runProduct } from "@floe/host/run";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Airflow, type DagRun, requireAirflow } from "../../services/airflow/airflow.ts";
import { type LineageReceiver, startLineageReceiver } from "../../services/lineage-receiver.ts";
import { brokenRuns, edgesOf } from "./lineage-edges.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const DEMO = join(ROOT, "examples", "flights");

const dir = mkdtempSync(join(tmpdir(), "floe flights "));
const found = await requireAirflow(dir);
const missing = "missing" in found ? found.missing : undefined;

/** The demo, with Airflow and a lineage backend in its manifest. */
function writeDemo(lineage: string): void {
  for (const name of ["data", "models", "tests", "dbt_project.yml", "floe.yaml"])
    cpSync(join(DEMO, name), join(dir, name), { recursive: true });
  const { devDependencies } = JSON.parse(readFileSync(join(DEMO, "package.json"), "utf8"));
  const dependencies = { ...devDependencies, "floe-orchestrator-airflow": "*", "floe-lineage-marquez": "*" };
  writeFileSync(join(dir, "package.json"), JSON.stringify({ private: true, dependencies }));
  symlinkSync(join(ROOT, "tooling", "node_modules"), join(dir, "node_modules"));
  const manifest = readFileSync(join(DEMO, "manifest.yaml"), "utf8");
  const more = `plugins:
  orchestrator: {type: airflow, config: {retries: 0}}
  lineage_backend: {type: marquez, config: {url: "${lineage}"}}
`;
  writeFileSync(join(dir, "manifest.yaml"), manifest.replace("plugins:\n", more));
}

/** Number of rows and a checksum of the content of each gold table. */
async function goldTables(): Promise<Record<string, string>> {
  const database = await DuckDBInstance.create(join(dir, ".floe", "flights.duckdb"), {
    access_mode: "READ_ONLY",
  });
  const connection = await database.connect();
  try {
    const ask = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjects();
    const tables = await ask(
      "SELECT table_name AS name FROM duckdb_tables() WHERE schema_name = 'main_gold'",
    );
    const told: Record<string, string> = {};
    for (const { name } of tables) {
      const [row] = await ask(
        `SELECT count(*) AS n, sum(hash(t)::HUGEINT) AS h FROM main_gold."${name}" AS t`,
      );
      told[String(name)] = `${row?.n} rows, ${row?.h}`;
    }
    return told;
  } finally {
    connection.closeSync();
    database.closeSync();
  }
}

describe.skipIf(missing !== undefined)(`the demo in Airflow ${missing ?? ""}`, { timeout: 300_000 }, () => {
  const airflow = found as Airflow;
  let lineage: LineageReceiver;
  let byFloe: { gold: Record<string, string>; events: RunEvent[] };
  let byAirflow: { gold: Record<string, string>; events: RunEvent[]; run: DagRun };

  beforeAll(async () => {
    lineage = await startLineageReceiver();
    writeDemo(lineage.url);
    const report = await runProduct({ cwd: dir, env: process.env });
    expect(report).toMatchObject({ status: "success", lineage: { pending: 0 } });
    byFloe = { gold: await goldTables(), events: lineage.events.splice(0) };

    rmSync(join(dir, ".floe"), { recursive: true });
    const [run] = await airflow.ask([{ ask: "run", with: { dag_id: "flights" } }]);
    byAirflow = { gold: await goldTables(), events: lineage.events, run };
  }, 300_000);
  afterAll(async () => {
    await lineage?.[Symbol.asyncDispose]();
    airflow[Symbol.dispose]();
  });

  it("is built, tested and checked, each task once", () => {
    expect(byAirflow.run.state).toBe("success");
    expect(new Set(Object.values(byAirflow.run.tasks))).toEqual(new Set(["success"]));
    expect(Object.keys(byAirflow.run.tasks).toSorted()).toEqual([
      "begin",
      "end",
      "gold.build",
      "gold.check",
      "ingestion.load",
      "quality.score",
      "silver.build",
      "silver.build_2",
      "silver.check",
    ]);
  });

  it("has the gold tables of floe run, row by row", () => {
    expect(Object.keys(byFloe.gold)).toHaveLength(6);
    expect(byAirflow.gold).toEqual(byFloe.gold);
  });

  it("tells the lineage of floe run: the same jobs, datasets, edges and ends", () => {
    expect(lineage.refused).toEqual([]);
    expect(brokenRuns(byAirflow.events, "flights")).toEqual([]);
    const edges = edgesOf(byFloe.events);
    expect(Object.keys(edges).length).toBeGreaterThan(30);
    expect(edgesOf(byAirflow.events)).toEqual(edges);
  });
});
