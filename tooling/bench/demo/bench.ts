import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPythonRuntime } from "@floe/host";
import { copyDemo } from "../../demo/copy.ts";
import { installedFloe, installPacked } from "../installed.ts";
import { floeSubject, type Measurement, measure } from "../measure.ts";

const ROUNDS = 5;
const LOCAL = "floe run, dbt local";
const FUSION = "floe run, dbt fusion";
const BY_HAND = "dlt script, dbt build, Soda scan";
const GOALS: Readonly<Record<string, string>> = { [LOCAL]: "at most 1.0 x", [FUSION]: "at most 0.5 x" };
const root = join(import.meta.dirname, "..", "..", "..");

/**
 * `floe run` of the demo beside the same tools by hand, one after another: a dlt script, `dbt build`, a Soda
 * scan of those of its checks that Soda has. Warm: everything is installed, floe from its packed packages as
 * a user has it, and the tables are there.
 */
export async function benchDemo(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "floe-bench-demo-"));
  const python = createPythonRuntime({ env: process.env, projectDir: dir });
  const lock = (path: string): string => join(root, path);
  try {
    const dlt = await python.environment({
      requirements: lock("plugins/floe-ingestion-dlt/python/requirements.txt"),
    });
    const dbt = await python.environment({
      requirements: lock("plugins/floe-dbt-local/python/requirements.txt"),
      packages: ["dbt-duckdb==1.11.1", "duckdb==1.5.5"],
    });
    const soda = await python.environment({ requirements: lock("tooling/bench/quality/soda.txt") });
    const project = await installPacked(root, dir);
    const modules = join(project, "node_modules");
    const local = copyDemo(join(dir, "local"), "local", modules);
    const fusion = copyDemo(join(dir, "fusion"), "fusion", modules);
    const byHand = copyDemo(join(dir, "hand"));
    mkdirSync(join(byHand, ".floe"));
    const database = join(byHand, ".floe", "flights.duckdb");
    writeFileSync(
      join(byHand, "profiles.yml"),
      `flights: {target: dev, outputs: {dev: {type: duckdb, path: ${JSON.stringify(database)}, threads: 4}}}\n`,
    );
    writeFileSync(
      join(byHand, "soda-connection.yml"),
      `data_source flights:\n  type: duckdb\n  path: ${database}\n  read_only: true\n  schema: main_silver\n`,
    );
    // Soda tells its makers of each scan, unless this file says otherwise; retrying that would cost it seconds.
    const home = join(dir, "home");
    mkdirSync(join(home, ".soda"), { recursive: true });
    writeFileSync(join(home, ".soda", "config.yml"), "send_anonymous_usage_stats: false\n");
    const script = [
      `${dlt.python} ${join(import.meta.dirname, "by_hand.py")} data ${database}`,
      `${dbt.script("dbt")} --quiet build --profiles-dir .`,
      `HOME=${home} ${soda.script("soda")} scan -d flights -c soda-connection.yml ${join(import.meta.dirname, "soda.yml")} > soda.log`,
    ].join(" && ");
    const environment = "export DBT_SEND_ANONYMOUS_USAGE_STATS=false; unset PYTHONDONTWRITEBYTECODE;";
    const results = measure(
      [
        floeSubject(LOCAL, ["run"], local, installedFloe(project)),
        floeSubject(FUSION, ["run"], fusion, installedFloe(project)),
        { name: BY_HAND, program: "sh", parameters: ["-c", `${environment} ${script}`], cwd: byHand },
      ],
      ROUNDS,
    );
    report(results);
  } finally {
    await python.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

function report(results: ReadonlyMap<string, Measurement>): void {
  const hand = results.get(BY_HAND);
  console.log(
    "| the demo, 367,687 rows, 15 models, 165 tests | median s | min to max | x by hand | goal | CPU s | x by hand | peak MB of floe |",
  );
  console.log("|---|---|---|---|---|---|---|---|");
  for (const [name, { median, min, max, cpuSeconds = Number.NaN, peakMegabytes }] of results) {
    const columns = [
      name,
      seconds(median),
      `${seconds(min)} to ${seconds(max)}`,
      (median / (hand?.median ?? Number.NaN)).toFixed(2),
      GOALS[name] ?? "",
      cpuSeconds.toFixed(1),
      (cpuSeconds / (hand?.cpuSeconds ?? Number.NaN)).toFixed(2),
      peakMegabytes?.toFixed(0) ?? "",
    ];
    console.log(`| ${columns.join(" | ")} |`);
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
