import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { dagsterEnvironment, dagsterVariables, installLoader } from "../../services/dagster.ts";
import { writeGeneratedProduct } from "../generated-product.ts";
import { summary } from "../measure.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const PLAIN = join(import.meta.dirname, "plain_dagster.py");
const SIZES = [10, 100, 1000];
const RUN_SIZE = 100;
const ROUNDS = 5;
const RUN_ROUNDS = 3;

/** Everything that a code server does before it can answer: import, definitions, repository. */
const LOAD = "import runpy, sys; runpy.run_path(sys.argv[1])['defs'].get_repository_def().asset_graph";

/** Loading and running a product in Dagster, beside the same dbt project by dagster-dbt alone. */
export async function benchDagster(): Promise<void> {
  const environment = await dagsterEnvironment();
  if ("missing" in environment) throw new Error(environment.missing);
  const dir = mkdtempSync(join(tmpdir(), "floe-bench-dagster-"));
  try {
    await installLoader(environment, join(dir, "loader"));
    const home = join(dir, "home");
    mkdirSync(home);
    writeFileSync(join(home, "dagster.yaml"), "telemetry: {enabled: false}\n");
    // dagster-dbt looks for the program dbt.
    const PATH = `${dirname(environment.python)}:/usr/bin:/bin`;
    const env = { ...dagsterVariables(join(dir, "loader"), home), PATH };
    const products = new Map(SIZES.map((size) => [size, compiled(join(dir, String(size)), size)]));
    console.log("| load | floe | plain dagster-dbt | ratio |\n|---|---|---|---|");
    for (const [size, product] of products) {
      const [floe, plain] = inTurns(ROUNDS, product, env, (file) => [environment.python, ["-c", LOAD, file]]);
      console.log(row(`${size} models`, floe, plain));
    }
    const product = products.get(RUN_SIZE) ?? "";
    console.log("| run | floe | plain dagster-dbt | ratio |\n|---|---|---|---|");
    const [floe, plain] = inTurns(RUN_ROUNDS, product, env, (file) => [
      environment.script("dagster"),
      ["asset", "materialize", "--select", "*", "-f", file],
    ]);
    console.log(row(`${RUN_SIZE} models`, floe, plain));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function compiled(dir: string, size: number): string {
  const product = writeGeneratedProduct(dir, size, { orchestrator: "dagster" });
  const floe = join(ROOT, "packages", "cli", "bin", "floe.cjs");
  const { status, stderr } = spawnSync(process.execPath, [floe, "compile"], {
    cwd: product,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return product;
}

/** A B A B, after one round that warms the caches: a machine whose speed drifts treats both alike. */
function inTurns(
  rounds: number,
  product: string,
  env: Readonly<Record<string, string>>,
  command: (file: string) => [program: string, parameters: string[]],
): [number, number] {
  const times: [number[], number[]] = [[], []];
  const files = [join(product, "definitions.py"), PLAIN];
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, file] of files.entries()) {
      const [program, parameters] = command(file);
      const started = performance.now();
      const { status, stderr, stdout } = spawnSync(program, parameters, {
        cwd: product,
        encoding: "utf8",
        env: { ...env, BENCH_PROJECT: product, DBT_SEND_ANONYMOUS_USAGE_STATS: "false" },
        maxBuffer: 1 << 28,
      });
      if (status !== 0) throw new Error(`${file}: ${stderr.slice(-4000)}${stdout.slice(-2000)}`);
      if (round >= 0) times[index]?.push(performance.now() - started);
    }
  }
  return [summary(times[0]).median, summary(times[1]).median];
}

function row(what: string, floe: number, plain: number): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  return `| ${what} | ${seconds(floe)} | ${seconds(plain)} | ${(floe / plain).toFixed(2)} |`;
}
