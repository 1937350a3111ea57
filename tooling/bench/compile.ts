import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PythonRuntime } from "@floe/core";
import { createPythonRuntime } from "@floe/host";
import { writeDriverManifest } from "../../plugins/floe-dbt-fusion/src/driver.ts";
import { writeGeneratedProduct } from "./generated-product.ts";
import { installedFloe, installPacked } from "./installed.ts";
import { floeSubject, measurementOf, type Subject, time } from "./measure.ts";

const root = join(import.meta.dirname, "..", "..");
/** The largest takes half an hour with dbt local: FLOE_BENCH_MODELS=10,100 and FLOE_BENCH_ENGINES=fusion ask for less. */
const SIZES = (process.env.FLOE_BENCH_MODELS ?? "10,100,1000,5000").split(",").map(Number);
/** Quick commands are timed several times; the first compile and dbt's own are minutes long at their largest. */
const ROUNDS = 5;
type DbtEngine = "fusion" | "local";
const ENGINES = (process.env.FLOE_BENCH_ENGINES ?? "fusion,local").split(",") as DbtEngine[];

/**
 * `floe compile` of generated projects, first and unchanged, beside `dbt parse` and `dbt compile` of the same
 * engine: dbt's own with nothing left of an earlier run, as floe's first has nothing. From packed and installed
 * packages, as a user has them.
 */
export async function benchCompile(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "floe-bench-compile-"));
  const python = createPythonRuntime({ env: process.env, projectDir: dir });
  try {
    const project = await installPacked(root, dir);
    console.log(
      "| models | engine | floe compile, first | unchanged | first / unchanged | peak MB of floe | dbt parse | dbt compile |",
    );
    console.log("|---|---|---|---|---|---|---|---|");
    for (const size of SIZES) {
      for (const engine of ENGINES) {
        const product = writeGeneratedProduct(join(project, `${size}-${engine}`), size, {
          dbt: engine,
          modules: join(project, "node_modules"),
        });
        const compile = floeSubject("floe compile", ["compile"], product, installedFloe(project));
        const first = time(compile);
        const again = Array.from({ length: ROUNDS }, () => time(compile));
        const unchanged = measurementOf(again);
        const peak = Math.max(first.peakMegabytes ?? Number.NaN, unchanged.peakMegabytes ?? Number.NaN);
        const parse = time(await dbt(python, engine, "parse", product));
        const whole = time(await dbt(python, engine, "compile", product));
        const columns = [
          size,
          engine,
          shown(first.ms, first.cpuSeconds),
          shown(unchanged.median, unchanged.cpuSeconds),
          `${(first.ms / unchanged.median).toFixed(0)} x`,
          peak.toFixed(0),
          shown(parse.ms, parse.cpuSeconds),
          shown(whole.ms, whole.cpuSeconds),
        ];
        console.log(`| ${columns.join(" | ")} |`);
        rmSync(product, { recursive: true, force: true });
      }
    }
  } finally {
    await python.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The engine by hand, as floe installs it. */
async function dbt(
  python: PythonRuntime,
  engine: DbtEngine,
  command: "parse" | "compile",
  product: string,
): Promise<Subject> {
  const environment = await python.environment({
    requirements: join(root, "plugins", `floe-dbt-${engine}`, "python", "requirements.txt"),
    ...(engine === "local" ? { packages: ["dbt-duckdb==1.11.1", "duckdb==1.5.5"] } : {}),
  });
  const driver = writeDriverManifest(join(product, ".floe")) ?? "";
  const quiet = engine === "local" ? ["--quiet"] : ["--log-level", "error"];
  return {
    name: `dbt ${command}`,
    program: environment.script("dbt"),
    parameters: [command, ...quiet, "--profiles-dir", ".floe/dbt"],
    cwd: product,
    env: { DBT_SEND_ANONYMOUS_USAGE_STATS: "false", PYTHONDONTWRITEBYTECODE: "", ADBC_DRIVER_PATH: driver },
    before: () => rmSync(join(product, "target"), { recursive: true, force: true }),
  };
}

/** Seconds of wall time, and of the processor's in brackets. */
function shown(ms: number, cpuSeconds = Number.NaN): string {
  const digits = ms < 10_000 ? 2 : 1;
  return `${(ms / 1000).toFixed(digits)} (${cpuSeconds.toFixed(digits)})`;
}
