import { delimiter, join } from "node:path";
import {
  FloeError,
  type Logger,
  type PythonEnvironment,
  type PythonEnvironmentSpec,
  type PythonRuntime,
  type PythonWorkerSpec,
} from "@floe/core/contracts";
import { cacheRoot } from "../process/cache-root.ts";
import { makeEnvironment } from "./environment.ts";
import { findInterpreter, type Interpreter } from "./interpreter.ts";
import { withoutPythonSettings } from "./python-variables.ts";
import { RestartingWorker } from "./worker.ts";
import type { WorkerCommand } from "./worker-process.ts";

/** The Python side of the protocol, shipped with this package. */
const PROTOCOL_DIR = join(import.meta.dirname, "..", "..", "python");

/**
 * Not `-m floe_worker`: that puts the working directory, which is the user's, before everything, where a
 * `types.py` would be Python's own. `-P` does that from Python 3.11 on, PYTHONSAFEPATH for all that the
 * worker starts too.
 */
const START =
  "import sys; sys.path[:] = filter(None, sys.path); from floe_worker.serve import leave, serve; serve(sys.argv[1]); leave()";

export interface PythonRuntimeOptions {
  env: Readonly<Record<string, string | undefined>>;
  /** Where workers run. */
  projectDir: string;
  logger?: Logger;
  signal?: AbortSignal;
}

export interface OwnedPythonRuntime extends PythonRuntime {
  /** Ends every worker that was started, and the making of environments. */
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
  const closing = new AbortController();
  const ending = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
  let interpreter: Promise<Interpreter> | undefined;

  const environment = async (spec: PythonEnvironmentSpec): Promise<PythonEnvironment> => {
    ending.throwIfAborted();
    interpreter ??= findInterpreter(env, ending);
    return makeEnvironment(spec, {
      interpreter: await interpreter,
      cacheDir,
      env,
      signal: ending,
      onMake: (key) => logger?.info("Making a Python environment; this happens once.", { key }),
      onWait: (key) => logger?.info("Another floe is making the Python environment; waiting.", { key }),
    });
  };

  return {
    environment,
    startWorker: async (spec) => {
      const worker = new RestartingWorker(
        spec.module,
        async () => workerCommand(spec, await environment(spec), env, projectDir),
        { signal, onLog: (line) => logger?.debug(line, { worker: spec.module }) },
      );
      workers.push(worker);
      return worker;
    },
    close: async () => {
      closing.abort(new FloeError("RUN.INTERRUPTED", "floe stopped before its Python environment was made."));
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
  return {
    program: python,
    parameters: ["-X", "utf8", "-c", START, module],
    cwd: cwd ?? projectDir,
    env: {
      ...withoutPythonSettings(env),
      PYTHONPATH: [PROTOCOL_DIR, moduleDir].join(delimiter),
      ...extra,
    },
  };
}
