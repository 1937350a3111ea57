import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lineageOf, told } from "./lineage-files.ts";
import { type Engine, GOLD, MANIFESTS, SampleProduct } from "./sample-product.ts";

const BETWEEN_STEPS = [
  "compile started",
  "ingestion started",
  "ingestion ended",
  "check some orders",
  "quality ended",
];
/** Where the engine is at work, and each leaves things in its own state. */
const WHILE_BUILDING = ["silver_orders started", "silver_orders success", "gold_totals success"];

describe("a run that is killed", { timeout: 120_000 }, () => {
  it.each<[string, Engine]>([
    ...BETWEEN_STEPS.map((at): [string, Engine] => [at, "fusion"]),
    ...WHILE_BUILDING.map((at): [string, Engine] => [at, "fusion"]),
    ...WHILE_BUILDING.map((at): [string, Engine] => [at, "local"]),
  ])("at %s with dbt %s goes on to the same tables, and tells everything once", async (at, engine) => {
    using product = new SampleProduct({ "manifest.yaml": MANIFESTS[engine] });
    const script = join(import.meta.dirname, "kill-at.ts");
    const { signal } = spawnSync(process.execPath, [script, product.dir, at], { stdio: "inherit" });
    expect(signal).toBe("SIGKILL");
    const report = await product.run({ resume: true });
    expect(report.faults).toEqual([]);
    expect(report).toMatchObject({ status: "success", models: { success: 2 }, tests: { pass: 5 } });
    expect(await product.rows("gold_totals")).toEqual(GOLD);
    expect(await product.rows("raw.orders").then((rows) => rows.length)).toBe(3);
    const events = lineageOf(product);
    for (const [job, types] of Object.entries(told(events)))
      expect([job, types]).toEqual([job, ["START", "COMPLETE"]]);
    expect(new Set(events.map(({ run, job }) => `${job.name} ${run.runId}`)).size).toBe(7);
  });
});
