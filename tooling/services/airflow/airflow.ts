import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createPythonRuntime } from "@floe/host";
import { freePort, type MissingService } from "../service.ts";

const HERE = import.meta.dirname;

export interface ParsedTask {
  upstream: string[];
  owner: string;
  retries: number;
  retry_delay: number;
  pool: string;
  outlets: string[];
  steps: { step: string; nodes?: string[]; tests?: string[]; models?: string[]; sources?: string[] }[];
  teardown: boolean;
}

export interface ParsedDags {
  /** By file, relative to the folder of DAGs. */
  errors: Record<string, string>;
  /** Packages of the data's tools that reading the DAG files imported. */
  heavy: string[];
  dags: Record<
    string,
    {
      tags: string[];
      doc: string;
      max_active_runs: number;
      max_active_tasks: number;
      catchup: boolean;
      timetable: string;
      tasks: Record<string, ParsedTask>;
    }
  >;
}

/** Airflow's state of a run and its tasks, and how often each was tried. */
export interface DagRun {
  state: string;
  tasks: Record<string, string>;
  tries: Record<string, number>;
}

interface Answers {
  parse: [Record<string, never>, ParsedDags];
  ticks: [{ dag_id: string; after: string; count: number }, string[]];
  run: [{ dag_id: string }, DagRun];
}
export type Question = { [K in keyof Answers]: { ask: K; with?: Answers[K][0] } }[keyof Answers];

/** An Airflow that schedules, without a login. */
export interface RunningAirflow extends AsyncDisposable {
  url: string;
}

async function endAll(processes: readonly ChildProcess[]): Promise<void> {
  const signal = (child: ChildProcess, name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // It has ended.
    }
  };
  await Promise.all(
    processes.map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, "close");
      signal(child, "SIGTERM");
      const insist = setTimeout(() => signal(child, "SIGKILL"), 10_000);
      await closed;
      clearTimeout(insist);
    }),
  );
}

/** Airflow, where it can be installed. With CI=true it must be. */
export async function requireAirflow(): Promise<Airflow | MissingService> {
  try {
    return await Airflow.create();
  } catch (error) {
    if (process.env.CI === "true") throw error;
    return { missing: `Airflow can't be installed: ${(error as Error).message}` };
  }
}

/**
 * A real Airflow of its own: a home in a temporary folder with a folder of DAGs, an environment apart from
 * that of dbt and ingestion, nothing that listens anywhere until it is asked to.
 */
export class Airflow implements Disposable {
  readonly home: string = mkdtempSync(join(tmpdir(), "floe-airflow-"));
  readonly dags: string = mkdtempSync(join(tmpdir(), "floe dags "));
  /** Airflow's Python. */
  readonly python: string;
  /** The Python that has dbt and dlt. */
  readonly tasksPython: string;
  readonly #env: Record<string, string>;
  #migrated = false;

  private constructor(python: string, tasksPython: string) {
    this.python = python;
    this.tasksPython = tasksPython;
    this.#env = {
      AIRFLOW_HOME: this.home,
      AIRFLOW__CORE__DAGS_FOLDER: this.dags,
      AIRFLOW__CORE__LOAD_EXAMPLES: "False",
      AIRFLOW__CORE__FERNET_KEY: "",
      AIRFLOW__API_AUTH__JWT_SECRET: randomBytes(32).toString("base64"),
      AIRFLOW__LOGGING__LOGGING_LEVEL: "INFO",
      FLOE_TASK_PYTHON: tasksPython,
    };
  }

  static async create(): Promise<Airflow> {
    const runtime = createPythonRuntime({ env: process.env, projectDir: HERE });
    try {
      const airflow = await runtime.environment({ requirements: join(HERE, "airflow.txt") });
      const tasks = await runtime.environment({ requirements: join(HERE, "tasks.txt") });
      return new Airflow(airflow.python, tasks.python);
    } finally {
      await runtime.close();
    }
  }

  /** The environment of Airflow's processes. */
  env(more: Record<string, string> = {}): Record<string, string> {
    const own = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(PYTHON|AIRFLOW|OPENLINEAGE)/.test(name)),
    ) as Record<string, string>;
    return { ...own, ...this.#env, ...more };
  }

  /** What `airflow <parameters>` says. */
  async command(parameters: readonly string[], env: Record<string, string> = {}): Promise<string> {
    return this.#run([join(dirname(this.python), "airflow"), ...parameters], env);
  }

  /** Makes the database, which runs need and reading DAG files doesn't. */
  async migrate(): Promise<void> {
    if (!this.#migrated) await this.command(["db", "migrate"]);
    this.#migrated = true;
  }

  /** Asks Airflow's own code about the folder of DAGs: several questions, one process. */
  async ask<const Q extends readonly Question[]>(
    questions: Q,
    env: Record<string, string> = {},
  ): Promise<{ [I in keyof Q]: Answers[Q[I]["ask"]][1] }> {
    if (questions.some(({ ask }) => ask === "run")) await this.migrate();
    const told = await this.#run([join(HERE, "ask_airflow.py"), JSON.stringify(questions)], env);
    return JSON.parse(told);
  }

  /**
   * Starts what schedules and runs: API server, scheduler and DAG processor, all on loopback. Not `airflow
   * standalone`, whose scheduler serves logs to every interface.
   */
  async start(env: Record<string, string> = {}): Promise<RunningAirflow> {
    await this.migrate();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const all = this.env({
      AIRFLOW__API__BASE_URL: url,
      AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `${url}/execution/`,
      AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS: "True",
      AIRFLOW__CORE__PARALLELISM: "2",
      ...env,
    });
    const airflow = join(dirname(this.python), "airflow");
    const processes = [
      ["api-server", "--host", "127.0.0.1", "--port", String(port), "--workers", "1"],
      ["scheduler", "--skip-serve-logs"],
      ["dag-processor"],
    ].map((parameters) => {
      // A group of its own, so that its children end with it.
      const child = spawn(this.python, [airflow, ...parameters], {
        env: all,
        cwd: this.home,
        detached: true,
      });
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          this.log = (this.log + text).slice(-400_000);
        });
      }
      return child;
    });
    return { url, [Symbol.asyncDispose]: () => endAll(processes) };
  }

  async #run(parameters: readonly string[], env: Record<string, string>): Promise<string> {
    const child = spawn(this.python, parameters, { env: this.env(env), cwd: this.home });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const [code] = await once(child, "close");
    this.log = stdout + stderr;
    if (code !== 0) throw new Error(`${parameters.join(" ")} ended with ${code}:\n${stderr.slice(-4000)}`);
    return stdout;
  }

  /** What the last process logged. */
  log = "";

  /** The same as running text: errors come in coloured frames. */
  get text(): string {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
    return this.log.replace(/\x1b\[[0-9;]*m/g, "").replace(/[│╭╮╰╯─❱\s]+/g, " ");
  }

  [Symbol.dispose](): void {
    for (const folder of [this.home, this.dags])
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
