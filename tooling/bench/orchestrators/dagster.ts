import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { dagsterEnvironment, dagsterVariables, installLoader } from "../../services/dagster.ts";
import { type Measurement, measure, type Subject } from "../measure.ts";
import { compiledProduct } from "./compiled-product.ts";

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
    const env = { ...dagsterVariables(join(dir, "loader"), home), PATH, PYTHONDONTWRITEBYTECODE: "" };
    const orchestrator = { type: "dagster" };
    const products = new Map(
      SIZES.map((size) => [size, compiledProduct(join(dir, String(size)), size, { orchestrator })]),
    );
    const head =
      "floe: wall, CPU | plain dagster-dbt: wall, CPU | ratio of wall | of CPU |\n|---|---|---|---|---|";
    console.log(`| load | ${head}`);
    for (const [size, product] of products) {
      const times = beside(ROUNDS, product, env, (file) => ({
        program: environment.python,
        parameters: ["-c", LOAD, file],
      }));
      console.log(row(`${size} models`, times));
    }
    console.log(`| run | ${head}`);
    const times = beside(RUN_ROUNDS, products.get(RUN_SIZE) ?? "", env, (file) => ({
      program: environment.script("dagster"),
      parameters: ["asset", "materialize", "--select", "*", "-f", file],
    }));
    console.log(row(`${RUN_SIZE} models`, times));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Both in turns: the product by floe's loader, and the same dbt project by dagster-dbt alone. */
function beside(
  rounds: number,
  product: string,
  env: Readonly<Record<string, string>>,
  command: (file: string) => Pick<Subject, "program" | "parameters">,
): { floe: Measurement; plain: Measurement } {
  const variables = { ...env, BENCH_PROJECT: product, DBT_SEND_ANONYMOUS_USAGE_STATS: "false" };
  const subject = (name: string, file: string): Subject => ({
    name,
    ...command(file),
    cwd: product,
    env: variables,
  });
  const measured = measure(
    [subject("floe", join(product, "definitions.py")), subject("plain dagster-dbt", PLAIN)],
    rounds,
  );
  const [floe, plain] = [...measured.values()];
  if (floe === undefined || plain === undefined) throw new Error("nothing was measured");
  return { floe, plain };
}

function row(what: string, { floe, plain }: { floe: Measurement; plain: Measurement }): string {
  const seconds = ({ median, cpuSeconds = 0 }: Measurement) =>
    `${(median / 1000).toFixed(2)} s, ${cpuSeconds.toFixed(1)} s`;
  const ratio = (floe.median / plain.median).toFixed(2);
  const cpu = ((floe.cpuSeconds ?? 0) / (plain.cpuSeconds ?? 1)).toFixed(2);
  return `| ${what} | ${seconds(floe)} | ${seconds(plain)} | ${ratio} | ${cpu} |`;
}
