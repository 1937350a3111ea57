import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "@floe/core";
import { createPythonRuntime } from "@floe/host";
import { afterAll, describe, expect, it } from "vitest";
import { icebergRest } from "../../services/iceberg-rest.ts";
import { facetViolations } from "../../services/openlineage.ts";
import { requireService } from "../../services/service.ts";
import { brokenRuns, edgesOf, factsOf } from "../orchestrators/lineage-edges.ts";
import { SampleProduct } from "../run/sample-product.ts";
import { lakeManifest } from "./lake-product.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const folder = mkdtempSync(join(tmpdir(), "floe-lake-"));
const fixture = await requireService(icebergRest({ path: folder }));
afterAll(async () => {
  if ("url" in fixture) await fixture[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf("missing" in fixture)("a product in a catalog, in a scheduler", () => {
  it("has the lineage of floe run: tables by where they lie, their columns and where those come from", {
    timeout: 300_000,
  }, async () => {
    if ("missing" in fixture) return;
    const lake = { uri: fixture.url, warehouse: "lake", staged: false };
    using product = new SampleProduct({
      "manifest.yaml": await lakeManifest(lake, "local", "  orchestrator: {type: dagster}\n"),
    });
    const file = JSON.parse(readFileSync(join(product.dir, "package.json"), "utf8"));
    for (const name of ["floe-catalog-rest", "floe-orchestrator-dagster"]) file.dependencies[name] = "*";
    product.write("package.json", JSON.stringify(file));
    // Loaded anew each time, so that both runs have the same to say.
    const spec = readFileSync(join(product.dir, "floe.yaml"), "utf8");
    product.write("floe.yaml", spec.replace("writeMode: append, cursorField: id", "writeMode: replace"));
    const { run, status, faults } = await product.run();
    expect([status, faults]).toEqual(["success", []]);
    const byFloe = eventsIn(product.dir, `.floe/runs/${run.id}/lineage.jsonl`);

    runSteps(product.dir, await tasksPython());
    const byScheduler = eventsIn(product.dir, ".floe/orchestrator/lineage/*.jsonl");
    for (const event of byScheduler) expect(facetViolations(event)).toEqual([]);
    expect(brokenRuns(byScheduler, "shop")).toEqual([]);
    expect(edgesOf(byScheduler)).toEqual(edgesOf(byFloe));
    const facts = factsOf(anySnapshot(byScheduler));
    expect(facts).toEqual(factsOf(anySnapshot(byFloe)));
    expect(facts["shop.gold_totals"]).toMatchObject({
      outputs: {
        [`file ${join(folder, "shop", "gold_totals")}`]: {
          facets: {
            symlinks: { identifiers: [{ namespace: fixture.url, name: "shop.gold_totals", type: "TABLE" }] },
            columnLineage: { fields: { total: { inputFields: [{ field: "amount" }] } } },
          },
        },
      },
    });
  });
});

/** What Airflow's tasks have: dbt with DuckDB, dlt, PyIceberg. */
async function tasksPython(): Promise<string> {
  const runtime = createPythonRuntime({ env: process.env, projectDir: ROOT });
  const requirements = join(ROOT, "tooling", "services", "airflow", "tasks.txt");
  const { python } = await runtime.environment({ requirements });
  await runtime.close();
  return python;
}

/** A whole run as a scheduler's process does it. */
function runSteps(dir: string, python: string): void {
  const request = {
    product: "shop",
    run_id: "a run",
    result: join(dir, ".floe", "result.json"),
    steps: [
      { step: "begin" },
      { step: "ingest", sources: ["orders", "customers"] },
      { step: "build" },
      { step: "end" },
    ],
  };
  const { status, stdout, stderr } = spawnSync(python, ["-m", "floe_product"], {
    cwd: dir,
    env: { ...process.env, PYTHONPATH: join(ROOT, "packages", "orchestration", "python") },
    input: `${JSON.stringify(request)}\n`,
    encoding: "utf8",
  });
  expect([status, stdout, stderr]).toEqual([0, expect.any(String), expect.any(String)]);
}

function eventsIn(dir: string, files: string): RunEvent[] {
  return globSync(files, { cwd: dir }).flatMap((file) =>
    readFileSync(join(dir, file), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as RunEvent),
  );
}

/** Each run writes snapshots of its own. */
function anySnapshot(events: readonly RunEvent[]): RunEvent[] {
  const text = JSON.stringify(events);
  expect(text).toMatch(/"datasetVersion":"\d+"/);
  return JSON.parse(text.replaceAll(/"datasetVersion":"\d+"/g, '"datasetVersion":"any"'));
}
