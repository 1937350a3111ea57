import { delimiter, join } from "node:path";
import type {
  Logger,
  PythonEnvironment,
  PythonEnvironmentSpec,
  PythonRuntime,
  PythonWorkerSpec,
} from "@floe/core";
import { cacheRoot } from "../process/cache-root.ts";
import { makeEnvironment } from "./environment.ts";
import { findInterpreter, type Interpreter } from "./interpreter.ts";
import { RestartingWorker } from "./worker.ts";
import type { WorkerCommand } from "./worker-process.ts";

/** The Python side of the protocol, shipped with this package. */
const PROTOCOL_DIR = join(import.meta.dirname, "..", "..", "python");

export interface PythonRuntimeOptions {
  env: Readonly<Record<string, string | undefined>>;
  /** Where workers run. */
  projectDir: string;
  logger?: Logger;
  signal?: AbortSignal;
}

export interface OwnedPythonRuntime extends PythonRuntime {
  /** Ends every worker that was started. */
  close(): Promise<void>;
}

/** Python for plugins: environments in the user's cache, and workers in them. */
export function createPythonRuntime({
  env,
  projectDir,
  logger,
  signal,
}: PythonRuntimeOptions): OwnedPythonRuntime {
  const workers: RestartingWorker[] = [];
  const cacheDir = cacheRoot(env);
  let interpreter: Promise<Interpreter> | undefined;

  const environment = async (spec: PythonEnvironmentSpec): Promise<PythonEnvironment> => {
    interpreter ??= findInterpreter(env, signal);
    return makeEnvironment(spec, {
      interpreter: await interpreter,
      cacheDir,
      env,
      signal,
      onMake: (key) => logger?.info("Making a Python environment; this happens once.", { key }),
    });
  };

  return {
    environment,
    startWorker: async (spec) => {
      const worker = new RestartingWorker(spec.module, async () =>
        workerCommand(spec, await environment(spec), env, projectDir),
      );
      workers.push(worker);
      return worker;
    },
    close: async () => {
      await Promise.all(workers.splice(0).map((worker) => worker.close()));
    },
  };
}

function workerCommand(
  { module, moduleDir, env: extra, cwd }: PythonWorkerSpec,
  { python }: PythonEnvironment,
  env: Readonly<Record<string, string | undefined>>,
  projectDir: string,
): WorkerCommand {
  const {
    // A user's own settings for Python would change what the worker imports, or slow it down.
    PYTHONDONTWRITEBYTECODE: _bytecode,
    PYTHONHOME: _home,
    PYTHONSTARTUP: _startup,
    ...inherited
  } = env;
  return {
    program: python,
    parameters: ["-m", "floe_worker", module],
    cwd: cwd ?? projectDir,
    env: {
      ...inherited,
      PYTHONPATH: [PROTOCOL_DIR, moduleDir].join(delimiter),
      // Keeps the working directory, which is the user's, from shadowing modules (Python 3.11).
      PYTHONSAFEPATH: "1",
      PYTHONUNBUFFERED: "1",
      PYTHONUTF8: "1",
      ...extra,
    },
  };
}
