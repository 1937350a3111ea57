import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { createPythonRuntime } from "@floe/host";
import { freePort, installOnce, type MissingService } from "../service.ts";

const HERE = import.meta.dirname;
/** What `ask_airflow.py` prints before it turns to a question. */
const NEXT_QUESTION = "=== next question ===";

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
  /** `airflow dags test`. Tasks that the pattern `done` matches whole aren't run, and succeed. */
  run: [{ dag_id: string; done?: string }, DagRun];
  /** What `airflow` does with these words. */
  command: [{ words: readonly string[] }, null];
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

/** Airflow's words as running text: errors come in coloured frames. */
function plain(log: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
  return log.replace(/\x1b\[[0-9;]*m/g, "").replace(/[│╭╮╰╯─❱\s]+/g, " ");
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

  /** The environment of Airflow's processes: that of a machine with nothing else, not even a home. */
  env(more: Record<string, string> = {}): Record<string, string> {
    return {
      PATH: "/usr/bin:/bin",
      HOME: this.home,
      TMPDIR: tmpdir(),
      LANG: "C.UTF-8",
      ...this.#env,
      ...more,
    };
  }

  /** Puts its empty database into place, which runs need and reading DAG files doesn't. It is made once. */
  async migrate(): Promise<void> {
    const made = await installOnce({
      name: "airflow-database",
      version: basename(dirname(dirname(this.python))),
      install: async (dir) => {
        await this.#run([this.#airflow, "db", "migrate"], { AIRFLOW_HOME: dir });
      },
    });
    const database = join(this.home, "airflow.db");
    if (!existsSync(database)) copyFileSync(join(made, "airflow.db"), database);
  }

  /**
   * Asks Airflow's own code about the folder of DAGs: several questions one after another, in one process. What
   * that logs is in `logs`, by question.
   */
  async ask<const Q extends readonly Question[]>(
    questions: Q,
    env: Record<string, string> = {},
  ): Promise<{ [I in keyof Q]: Answers[Q[I]["ask"]][1] }> {
    if (questions.some(({ ask }) => ask === "run" || ask === "command")) await this.migrate();
    const told = await this.#run([join(HERE, "ask_airflow.py"), JSON.stringify(questions)], env);
    this.logs = this.log.split(NEXT_QUESTION).slice(1).map(plain);
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
    const processes = [
      ["api-server", "--host", "127.0.0.1", "--port", String(port), "--workers", "1"],
      ["scheduler", "--skip-serve-logs"],
      ["dag-processor"],
    ].map((parameters) => {
      // A group of its own, so that its children end with it.
      const child = spawn(this.python, [this.#airflow, ...parameters], {
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

  /** The program `airflow`. */
  get #airflow(): string {
    return join(dirname(this.python), "airflow");
  }

  /** What the last process logged. */
  log = "";

  /** What the last `ask` logged for each of its questions, as running text. */
  logs: string[] = [];

  [Symbol.dispose](): void {
    for (const folder of [this.home, this.dags])
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
