import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createPythonRuntime } from "@floe/host";
import { writeGeneratedProduct } from "../generated-product.ts";
import { summary } from "../measure.ts";

const HERE = import.meta.dirname;
const ROOT = join(HERE, "..", "..", "..");
const SIZES = [10, 100, 1000];
const RUN_SIZE = 100;
const ROUNDS = 5;
const TIERS = ["bronze", "silver", "gold"];

interface Subject {
  name: string;
  python: string;
  /** The folder of DAGs. */
  dags: string;
  env: Record<string, string>;
}

interface Timing {
  seconds: number;
  tasks: number;
}

/** DAG files of the same dbt project by floe and by astronomer-cosmos: read at three sizes, run at one. */
export async function benchAirflow(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "floe-bench-airflow-"));
  const runtime = createPythonRuntime({ env: process.env, projectDir: dir });
  try {
    const airflow = await runtime.environment({
      requirements: join(ROOT, "tooling", "services", "airflow", "airflow.txt"),
    });
    const tasks = await runtime.environment({
      requirements: join(ROOT, "tooling", "services", "airflow", "tasks.txt"),
    });
    const cosmos = await runtime.environment({ requirements: join(HERE, "cosmos.txt") });
    const subjectsOf = (size: number): Subject[] => {
      const project = join(dir, String(size));
      const product = compiled(join(project, "tier", "product"), size, "tier");
      compiled(join(project, "model", "product"), size, "model");
      const other = join(project, "cosmos");
      cpSync(product, join(other, "project"), {
        recursive: true,
        filter: (path) => !/\/(node_modules|deploy|\.floe)$|airflow_dag\.py$/.test(path),
      });
      cpSync(join(HERE, "cosmos_dag.py"), join(other, "cosmos_dag.py"));
      const env = { FLOE_TASK_PYTHON: tasks.python };
      return [
        { name: "floe, a task for each tier", python: airflow.python, dags: join(project, "tier"), env },
        { name: "floe, a task for each model", python: airflow.python, dags: join(project, "model"), env },
        {
          name: "astronomer-cosmos 1.15.1",
          python: cosmos.python,
          dags: other,
          env: { COSMOS_MODE: "local" },
        },
      ];
    };
    console.log("| DAG file read | models | tasks | median CPU ms | min to max | x floe |");
    console.log("|---|---|---|---|---|---|");
    const subjects = new Map(SIZES.map((size) => [size, subjectsOf(size)]));
    for (const [size, some] of subjects) {
      const timings = timeInTurn(some, "parse", ROUNDS, dir);
      const [first] = timings.values();
      for (const [name, { seconds, tasks }] of timings) {
        const { median, min, max } = seconds;
        const ms = (value: number): string => (value * 1000).toFixed(0);
        const ratio = (median / (first?.seconds.median ?? 1)).toFixed(1);
        console.log(`| ${name} | ${size} | ${tasks} | ${ms(median)} | ${ms(min)} to ${ms(max)} | ${ratio} |`);
      }
    }
    const [tier, , local] = subjects.get(RUN_SIZE) ?? [];
    if (tier === undefined || local === undefined) return;
    const watcher = { ...local, name: `${local.name}, watcher`, env: { COSMOS_MODE: "watcher" } };
    console.log(`\n| full run, ${RUN_SIZE} models | tasks | s |`);
    console.log("|---|---|---|");
    for (const [name, { seconds, tasks }] of timeInTurn([tier, watcher, local], "run", 1, dir)) {
      console.log(`| ${name} | ${tasks} | ${seconds.median.toFixed(0)} |`);
    }
  } finally {
    await runtime.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A compiled product of so many models in three tiers. */
function compiled(dir: string, size: number, granularity: string): string {
  const tierOf = (index: number): string => TIERS[Math.floor((index * TIERS.length) / size)] ?? "gold";
  const product = writeGeneratedProduct(dir, size, {
    orchestrator: "airflow",
    nameOf: (index) => `${tierOf(index)}_${index}`,
  });
  const manifest = join(product, "manifest.yaml");
  const config = `config: {granularity: ${granularity}, retries: 0}`;
  writeFileSync(
    manifest,
    readFileSync(manifest, "utf8").replace("type: airflow", `type: airflow, ${config}`),
  );
  const floe = join(ROOT, "packages", "cli", "bin", "floe.cjs");
  const { status, stderr } = spawnSync(process.execPath, [floe, "compile"], {
    cwd: product,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return product;
}

/** Times subjects in turn, each in a process of its own, with a database of their own. */
function timeInTurn(
  subjects: readonly Subject[],
  what: "parse" | "run",
  rounds: number,
  dir: string,
): Map<string, { seconds: ReturnType<typeof summary>; tasks: number }> {
  const all = new Map<string, Timing[]>(subjects.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, python, dags, env } of subjects) {
      const home = join(dir, `home-${name.replaceAll(/\W/g, "-")}`);
      const own = Object.fromEntries(
        Object.entries(process.env).filter(([key]) => !/^(PYTHON|AIRFLOW)/.test(key)),
      );
      const environment = {
        ...own,
        ...env,
        AIRFLOW_HOME: home,
        AIRFLOW__CORE__DAGS_FOLDER: dags,
        AIRFLOW__CORE__LOAD_EXAMPLES: "False",
        DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
        DO_NOT_TRACK: "1",
        AIRFLOW__COSMOS__ENABLE_TELEMETRY: "False",
      };
      const run = (program: string, parameters: string[]): string => {
        const { status, stdout, stderr } = spawnSync(program, parameters, {
          env: environment,
          encoding: "utf8",
          maxBuffer: 2 ** 28,
        });
        if (status !== 0) throw new Error(`${name} failed with ${status}: ${stderr.slice(-3000)}`);
        return stdout;
      };
      if (!existsSync(join(home, "airflow.db"))) run(join(dirname(python), "airflow"), ["db", "migrate"]);
      const told = JSON.parse(run(python, [join(HERE, "time_dag.py"), what])) as Timing & { state?: string };
      if (what === "run" && told.state !== "success") throw new Error(`${name} ended as ${told.state}.`);
      all.get(name)?.push(told);
    }
  }
  return new Map(
    [...all].map(([name, told]) => [
      name,
      { seconds: summary(told.map(({ seconds }) => seconds)), tasks: told[0]?.tasks ?? 0 },
    ]),
  );
}
