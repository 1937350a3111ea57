import { rmSync } from "node:fs";
import { runProduct } from "@floe/host/run";
import { expect, it } from "vitest";
import { requireAirflow } from "../../services/airflow/airflow.ts";
import { startLineageReceiver } from "../../services/lineage-receiver.ts";
import { FlightsDemo } from "./flights-demo.ts";
import { brokenRuns, edgesOf } from "./lineage-edges.ts";

const found = await requireAirflow();
const missing = "missing" in found;

it.skipIf(missing)(
  "gives the demo in Airflow the gold tables and the lineage of floe run",
  { timeout: 600_000 },
  async () => {
    if ("missing" in found) return;
    using airflow = found;
    await using lineage = await startLineageReceiver();
    using demo = new FlightsDemo("airflow", lineage.url);
    const report = await runProduct({ cwd: demo.dir, env: process.env });
    expect(report).toMatchObject({ status: "success", lineage: { pending: 0 } });
    const byFloe = { gold: await demo.goldTables(), events: lineage.events.splice(0) };
    expect(Object.keys(byFloe.gold)).toHaveLength(6);

    rmSync(`${demo.dir}/.floe`, { recursive: true });
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
  },
);
