import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createPythonRuntime } from "@floe/host";
import { summary } from "../measure.ts";
import { compiledProduct } from "./compiled-product.ts";

const HERE = import.meta.dirname;
const SERVICE = join(HERE, "..", "..", "services", "airflow");
const SIZES = [10, 100, 1000];
const RUN_SIZE = 100;
const ROUNDS = 3;
/** Of a file, in each round's DAG processor. */
const READINGS = 5;
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

/** DAG files of the same dbt project, by floe and by astronomer-cosmos, read as the DAG processor reads them. */
export async function benchAirflowParse(): Promise<void> {
  await inTurn(async (subjectsOf, dir) => {
    console.log("| DAG file read | models | tasks | median CPU ms | min to max | x floe |");
    console.log("|---|---|---|---|---|---|");
    for (const size of SIZES) {
      const timings = timeInTurn(subjectsOf(size), ["parse", String(READINGS)], ROUNDS, dir);
      const [first] = timings.values();
      for (const [name, { seconds, tasks }] of timings) {
        const { median, min, max } = seconds;
        const ms = (value: number): string => (value * 1000).toFixed(0);
        const ratio = (median / (first?.seconds.median ?? 1)).toFixed(1);
        console.log(`| ${name} | ${size} | ${tasks} | ${ms(median)} | ${ms(min)} to ${ms(max)} | ${ratio} |`);
      }
    }
  });
}

/** The same project run whole, as `airflow dags test` does, by Cosmos' usual mode and by its quickest. */
export async function benchAirflowRun(): Promise<void> {
  await inTurn(async (subjectsOf, dir) => {
    const [tier, model, local] = subjectsOf(RUN_SIZE);
    if (tier === undefined || model === undefined || local === undefined) return;
    const watcher = { ...local, name: `${local.name}, watcher`, env: { COSMOS_MODE: "watcher" } };
    console.log(`| full run, ${RUN_SIZE} models | tasks | s | x floe |`);
    console.log("|---|---|---|---|");
    const timings = timeInTurn([tier, watcher, local, model], ["run"], 1, dir);
    const [first] = timings.values();
    for (const [name, { seconds, tasks }] of timings) {
      const ratio = (seconds.median / (first?.seconds.median ?? 1)).toFixed(1);
      console.log(`| ${name} | ${tasks} | ${seconds.median.toFixed(0)} | ${ratio} |`);
    }
  });
}

async function inTurn(
  work: (subjectsOf: (size: number) => Subject[], dir: string) => Promise<void>,
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "floe-bench-airflow-"));
  const runtime = createPythonRuntime({ env: process.env, projectDir: dir });
  try {
    const [airflow, tasks, cosmos] = [
      await runtime.environment({ requirements: join(SERVICE, "airflow.txt") }),
      await runtime.environment({ requirements: join(SERVICE, "tasks.txt") }),
      await runtime.environment({ requirements: join(HERE, "cosmos.txt") }),
    ];
    await work((size) => {
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
    }, dir);
  } finally {
    await runtime.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A compiled product of so many models in three tiers. */
function compiled(dir: string, size: number, granularity: string): string {
  return compiledProduct(dir, size, {
    orchestrator: { type: "airflow", config: { granularity } },
    nameOf: (index) => `${TIERS[Math.floor((index * TIERS.length) / size)]}_${index}`,
  });
}

/** Times subjects in turn, each in a process of its own, with a database of their own. */
function timeInTurn(
  subjects: readonly Subject[],
  what: readonly string[],
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
      const told = JSON.parse(run(python, [join(HERE, "time_dag.py"), ...what])) as Timing & {
        state?: string;
      };
      if (what[0] === "run" && told.state !== "success") throw new Error(`${name} ended as ${told.state}.`);
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
