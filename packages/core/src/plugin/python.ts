/**
 * Python environments and workers, lent by the host as `context.python`.
 *
 * A plugin package ships a lock file (pinned, with hashes, naming no index) and a small module; the host
 * makes the environment once per lock content in the user's cache, shared by all projects.
 */
export interface PythonRuntime {
  /**
   * The environment for the given locks, made now if it isn't there yet. Safe when several processes ask
   * at once, and when one of them is killed half-way: an environment is there whole or not at all.
   *
   * @throws FloeError `PYTHON.NOT_FOUND`, `PYTHON.ENVIRONMENT_FAILED`, `PYTHON.CACHE_UNWRITABLE`,
   * `PYTHON.DISK_FULL`.
   */
  environment(spec: PythonEnvironmentSpec): Promise<PythonEnvironment>;
  /**
   * Starts a long-lived worker: one Python process that imports `module` once and then answers calls.
   * Resolves as soon as the process is started; the import goes on while the caller does other things,
   * and the first call waits for it.
   */
  startWorker(spec: PythonWorkerSpec): Promise<PythonWorker>;
}

export interface PythonEnvironmentSpec {
  /** Absolute path of the plugin's lock file: every requirement pinned with `==` and hashed. */
  requirements: string;
  /**
   * Further lock files of the same form, added to the same environment: a dbt adapter's, from
   * `compute.getRequiredDbtPackages()`. Their order makes no difference.
   */
  additionalRequirements?: readonly string[];
  /** Further pinned packages (`name==version`), for what comes from a user's config. Unpinned is refused. */
  packages?: readonly string[];
}

export interface PythonEnvironment {
  /** Hash of everything that made it; the name of its folder. */
  readonly key: string;
  /** The environment's folder. */
  readonly dir: string;
  /** Its interpreter, for starting a process directly. */
  readonly python: string;
  /** The absolute path of a console script in it: `dbt`, `dagster`. */
  script(name: string): string;
}

export interface PythonWorkerSpec extends PythonEnvironmentSpec {
  /** Folder put first on the module search path: `<packageDir>/python`. */
  moduleDir: string;
  /** The module that registers the functions to call: `floe_dbt_local.worker`. */
  module: string;
  /** Environment variables beside the host's own. Secrets go this way, never as arguments. */
  env?: Readonly<Record<string, string>>;
  /** The worker's working directory. Default: the project's folder. */
  cwd?: string;
}

/** A Python process that answers calls, one at a time, in order. */
export interface PythonWorker {
  /**
   * Calls a function that the module registered, with keyword arguments, and gives what it returned.
   * Arguments and result are JSON.
   *
   * Ends with the current plugin call's deadline; a call that is abandoned ends the worker, since a Python
   * function can't be interrupted safely, and the next call starts a new one.
   *
   * @throws FloeError `PYTHON.CALL_FAILED` (the function raised; `details` of a coded error raised through
   * `floe_worker.FloeError` keep their code), `PYTHON.WORKER_EXITED`, `PYTHON.WORKER_TIMEOUT`,
   * `PYTHON.WORKER_PROTOCOL`; each with the worker's last lines on stderr.
   */
  call<T = unknown>(
    method: string,
    params?: Record<string, unknown>,
    options?: PythonCallOptions,
  ): Promise<T>;
  /** Ends the process: asks, then insists after two seconds. Pending calls fail. Safe to call twice. */
  close(): Promise<void>;
}

export interface PythonCallOptions {
  /** Limit in milliseconds, within the plugin call's own deadline. Default: that deadline. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Receives what the function reports with `floe_worker.progress(...)` while it runs. */
  onProgress?: (progress: unknown) => void;
}
