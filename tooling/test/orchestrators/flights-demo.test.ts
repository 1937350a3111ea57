import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "@floe/core";
import { compile } from "@floe/host/compile";
import { runProduct } from "@floe/host/run";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requireAirflow } from "../../services/airflow/airflow.ts";
import { dagsterEnvironment, dagsterVariables, installLoader } from "../../services/dagster.ts";
import { type LineageReceiver, startLineageReceiver } from "../../services/lineage-receiver.ts";
import { FlightsDemo } from "./flights-demo.ts";
import { brokenRuns, edgesOf, factsOf } from "./lineage-edges.ts";
import { Probe } from "./probe.ts";

const airflow = await requireAirflow();
const dagster = await dagsterEnvironment();

describe("the demo has the gold tables and the lineage of floe run", { timeout: 600_000 }, () => {
  let lineage: LineageReceiver;
  let demo: FlightsDemo;
  let byFloe: { gold: Record<string, string>; events: RunEvent[] };

  beforeAll(async () => {
    lineage = await startLineageReceiver();
    demo = new FlightsDemo(lineage.url);
    const report = await runProduct({ cwd: demo.dir, env: process.env });
    expect(report).toMatchObject({ status: "success", lineage: { pending: 0 } });
    byFloe = { gold: await demo.goldTables(), events: lineage.events.splice(0) };
    expect(Object.keys(byFloe.gold)).toHaveLength(6);
  }, 600_000);

  afterAll(async () => {
    if (!("missing" in airflow)) airflow[Symbol.dispose]();
    demo[Symbol.dispose]();
    await lineage[Symbol.asyncDispose]();
  });

  /** With nothing left of what ran before, but where the demo lies, which is part of names in lineage. */
  async function compileFor(orchestrator: string): Promise<void> {
    demo.choose(orchestrator);
    rmSync(join(demo.dir, ".floe"), { recursive: true });
    await compile({ cwd: demo.dir, env: process.env });
    lineage.events.splice(0);
  }

  it.skipIf("missing" in airflow)("in Airflow", async () => {
    if ("missing" in airflow) return;
    await compileFor("airflow");
    const [run] = await airflow.ask([{ ask: "run", with: { dag_id: "flights" } }], {
      AIRFLOW__CORE__DAGS_FOLDER: demo.dir,
    });
    expect(run).toMatchObject({ state: "success" });
    expect(new Set(Object.values(run.tasks))).toEqual(new Set(["success"]));
    expect(Object.keys(run.tasks).toSorted()).toEqual([
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
    expect(await demo.goldTables()).toEqual(byFloe.gold);
    expect(lineage.refused).toEqual([]);
    expect(brokenRuns(lineage.events, "flights")).toEqual([]);
    const edges = edgesOf(byFloe.events);
    expect(Object.keys(edges).length).toBeGreaterThan(30);
    expect(edgesOf(lineage.events)).toEqual(edges);
  });

  it.skipIf("missing" in dagster)("in Dagster", async () => {
    if ("missing" in dagster) return;
    await compileFor("dagster");
    const scratch = mkdtempSync(join(tmpdir(), "floe-dagster-"));
    mkdirSync(join(scratch, "home"));
    await installLoader(dagster, join(scratch, "loader"));
    const env = dagsterVariables(join(scratch, "loader"), join(scratch, "home"));
    await using probe = new Probe(dagster.python, join(import.meta.dirname, "dagster_probe.py"), env);
    const run = await probe.ask<{
      success: boolean;
      materialized: string[];
      checks: Record<string, [passed: boolean, severity: string]>;
    }>("execute", { folder: demo.dir, job: "flights" });
    expect(run.success).toBe(true);
    expect(run.materialized).toHaveLength(20);
    // 165 tests, those of sources among them, and 24 checks, of which two warn.
    expect(Object.keys(run.checks)).toHaveLength(189);
    expect(Object.values(run.checks).filter(([passed]) => !passed)).toEqual([
      [false, "WARN"],
      [false, "WARN"],
    ]);
    expect(await demo.goldTables()).toEqual(byFloe.gold);

    const ended = () =>
      lineage.events.some(({ job, eventType }) => job.name === "flights" && eventType !== "START");
    await expect.poll(ended, { timeout: 30_000 }).toBe(true);
    expect(lineage.refused).toEqual([]);
    expect(brokenRuns(lineage.events, "flights")).toEqual([]);
    expect(edgesOf(lineage.events)).toEqual(edgesOf(byFloe.events));
    expect(factsOf(lineage.events)).toEqual(factsOf(byFloe.events));
    rmSync(scratch, { recursive: true, force: true });
  });
});
