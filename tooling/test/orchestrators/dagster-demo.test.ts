import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProduct } from "@floe/host/run";
import { expect, it } from "vitest";
import { dagsterEnvironment, dagsterVariables, installLoader } from "../../services/dagster.ts";
import { startLineageReceiver } from "../../services/lineage-receiver.ts";
import { FlightsDemo } from "./flights-demo.ts";
import { brokenRuns, edgesOf, factsOf } from "./lineage-edges.ts";
import { Probe } from "./probe.ts";

const environment = await dagsterEnvironment();
const missing = "missing" in environment;

it.skipIf(missing)(
  "gives the demo in Dagster the gold tables and the lineage of floe run",
  { timeout: 600_000 },
  async () => {
    if ("missing" in environment) return;
    await using lineage = await startLineageReceiver();
    using demo = new FlightsDemo("dagster", lineage.url);
    const report = await runProduct({ cwd: demo.dir, env: process.env });
    expect(report).toMatchObject({ status: "success", lineage: { pending: 0 } });
    const byFloe = { gold: await demo.goldTables(), events: lineage.events.splice(0) };
    expect(Object.keys(byFloe.gold)).toHaveLength(6);

    rmSync(join(demo.dir, ".floe"), { recursive: true });
    const scratch = mkdtempSync(join(tmpdir(), "floe-dagster-"));
    mkdirSync(join(scratch, "home"));
    await installLoader(environment, join(scratch, "loader"));
    const env = dagsterVariables(join(scratch, "loader"), join(scratch, "home"));
    await using probe = new Probe(environment.python, join(import.meta.dirname, "dagster_probe.py"), env);
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
  },
);
