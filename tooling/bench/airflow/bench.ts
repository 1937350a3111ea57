import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createPythonRuntime } from "@floe/host";
import { compile } from "@floe/host/compile";
import { summary } from "../measure.ts";

const HERE = import.meta.dirname;
const ROOT = join(HERE, "..", "..", "..");
const SIZES = [10, 100, 1000];
const RUN_SIZE = 100;
const ROUNDS = 5;
const PLUGINS = ["floe-compute-duckdb", "floe-dbt-local", "floe-dq-custom", "floe-orchestrator-airflow"];

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
    const subjectsOf = async (size: number): Promise<Subject[]> => {
      const project = join(dir, String(size));
      const product = await writeProduct(join(project, "tier", "product"), size, "tier");
      await writeProduct(join(project, "model", "product"), size, "model");
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
    console.log("| DAG file read | models | tasks | median ms | min to max | x floe |");
    console.log("|---|---|---|---|---|---|");
    for (const size of SIZES) {
      const timings = timeInTurn(await subjectsOf(size), "parse", ROUNDS, dir);
      const [first] = timings.values();
      for (const [name, { seconds, tasks }] of timings) {
        const { median, min, max } = seconds;
        const ms = (value: number): string => (value * 1000).toFixed(0);
        const ratio = (median / (first?.seconds.median ?? 1)).toFixed(1);
        console.log(`| ${name} | ${size} | ${tasks} | ${ms(median)} | ${ms(min)} to ${ms(max)} | ${ratio} |`);
      }
    }
    const subjects = await subjectsOf(RUN_SIZE);
    const [tier, , local] = subjects;
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

/** A compiled product of so many models in three tiers, each with a test. */
async function writeProduct(dir: string, size: number, granularity: string): Promise<string> {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  };
  write(
    "package.json",
    JSON.stringify({ private: true, dependencies: Object.fromEntries(PLUGINS.map((one) => [one, "*"])) }),
  );
  if (!existsSync(join(dir, "node_modules")))
    symlinkSync(join(ROOT, "tooling", "node_modules"), join(dir, "node_modules"));
  write(
    "manifest.yaml",
    `apiVersion: floe.dev/v1
kind: Manifest
metadata: {name: bench, version: 1.0.0, owner: me@example.com}
plugins:
  orchestrator: {type: airflow, config: {granularity: ${granularity}, retries: 0}}
  compute: {type: duckdb}
`,
  );
  write("floe.yaml", "apiVersion: floe.dev/v1\nkind: FloeSpec\nmetadata: {name: large, version: 1.0.0}\n");
  write(
    "dbt_project.yml",
    "name: large\nversion: '1.0'\nprofile: large\nmodels: {large: {+materialized: table}}\n",
  );
  const layer = Math.ceil(size / 3);
  const nameOf = (index: number): string =>
    `${["bronze", "silver", "gold"][Math.floor(index / layer)]}_${index}`;
  const described = ["models:"];
  for (let index = 0; index < size; index += 1) {
    const from = index < layer ? "select 1 as id" : `select id from {{ ref('${nameOf(index - layer)}') }}`;
    write(`models/${nameOf(index)}.sql`, `${from}\n`);
    described.push(
      `  - name: ${nameOf(index)}`,
      "    description: One of many.",
      "    columns: [{name: id, description: The key., data_tests: [not_null]}]",
    );
  }
  write("models/schema.yml", `${described.join("\n")}\n`);
  await compile({ cwd: dir, env: process.env });
  return dir;
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
