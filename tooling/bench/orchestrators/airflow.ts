import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
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
const RUN_ROUNDS = 1;
/** None takes as long, unless its tasks wait for each other. */
const RUN_TIMEOUT_MS = 900_000;
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
  /** Of all processes of a run. */
  cpu?: number;
  tasks: number;
}

/** DAG files of the same dbt project, by floe and by astronomer-cosmos, read as the DAG processor reads them. */
export async function benchAirflowParse(): Promise<void> {
  await inTurn(async ({ floe, cosmos }, dir) => {
    console.log("| DAG file read | models | tasks | median CPU ms | min to max | x floe |");
    console.log("|---|---|---|---|---|---|");
    for (const size of SIZES) {
      const subjects = [floe(size, "tier"), floe(size, "model"), cosmos(size)];
      const timings = timeInTurn(subjects, ["parse", String(READINGS)], ROUNDS, dir);
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

/** The same project run whole, as `airflow dags test` does, also beside the least that can be done. */
export async function benchAirflowRun(): Promise<void> {
  await inTurn(async ({ floe, cosmos, oneBuild }, dir) => {
    console.log(`| full run, ${RUN_SIZE} models | tasks | s | CPU s | x floe's CPU |`);
    console.log("|---|---|---|---|---|");
    const subjects = [
      floe(RUN_SIZE, "tier"),
      floe(RUN_SIZE, "product"),
      oneBuild(RUN_SIZE),
      cosmos(RUN_SIZE),
    ];
    let first: number | undefined;
    // Each is told of when it is done: the last takes many times as long as the others.
    for (const subject of subjects) {
      for (const [name, { seconds, cpu, tasks }] of timeInTurn([subject], ["run"], RUN_ROUNDS, dir)) {
        first ??= cpu.median;
        const figures = [
          tasks,
          seconds.median.toFixed(0),
          cpu.median.toFixed(1),
          (cpu.median / first).toFixed(1),
        ];
        console.log(`| ${name} | ${figures.join(" | ")} |`);
      }
    }
  });
}

/** Projects of so many models, made at first use. */
interface Subjects {
  floe(size: number, granularity: string): Subject;
  cosmos(size: number): Subject;
  oneBuild(size: number): Subject;
}

async function inTurn(work: (subjects: Subjects, dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "floe-bench-airflow-"));
  const runtime = createPythonRuntime({ env: process.env, projectDir: dir });
  try {
    const [airflow, tasks, cosmos] = [
      await runtime.environment({ requirements: join(SERVICE, "airflow.txt") }),
      await runtime.environment({ requirements: join(SERVICE, "tasks.txt") }),
      await runtime.environment({ requirements: join(HERE, "cosmos.txt") }),
    ];
    const env = { FLOE_TASK_PYTHON: tasks.python };
    const other = (size: number, file: string): string => {
      const dags = join(dir, String(size), file);
      cpSync(productOf(dir, size, "tier"), join(dags, "project"), {
        recursive: true,
        filter: (path) => !/\/(node_modules|deploy|\.floe)$|airflow_dag\.py$|duckdb$/.test(path),
      });
      mkdirSync(join(dags, "project", ".floe"));
      cpSync(join(HERE, file), join(dags, file));
      return dags;
    };
    const subjects: Subjects = {
      floe: (size, granularity) => ({
        name: granularity === "product" ? "floe, one task" : `floe, a task for each ${granularity}`,
        python: airflow.python,
        dags: dirname(productOf(dir, size, granularity)),
        env,
      }),
      cosmos: (size) => ({
        name: "astronomer-cosmos 1.15.1",
        python: cosmos.python,
        dags: other(size, "cosmos_dag.py"),
        env: {},
      }),
      oneBuild: (size) => ({
        name: "one task with dbt build",
        python: airflow.python,
        dags: other(size, "one_dbt_build.py"),
        env,
      }),
    };
    await work(subjects, dir);
  } finally {
    await runtime.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A compiled product of so many models in three tiers, made once. */
function productOf(dir: string, size: number, granularity: string): string {
  const product = join(dir, String(size), granularity, "product");
  if (existsSync(product)) return product;
  return compiledProduct(product, size, {
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
): Map<string, Record<"seconds" | "cpu", ReturnType<typeof summary>> & { tasks: number }> {
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
          timeout: RUN_TIMEOUT_MS,
          killSignal: "SIGKILL",
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
      {
        seconds: summary(told.map(({ seconds }) => seconds)),
        cpu: summary(told.map(({ cpu = 0 }) => cpu)),
        tasks: told[0]?.tasks ?? 0,
      },
    ]),
  );
}
