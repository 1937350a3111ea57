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
   * It may take minutes the first time. It ends with floe, not with the current call's deadline: what was
   * downloaded by then would be lost, and the next call would fail in the same way.
   *
   * @throws FloeError `PYTHON.NOT_FOUND`, `PYTHON.ENVIRONMENT_FAILED`, `PYTHON.CACHE_UNWRITABLE`,
   * `PYTHON.DISK_FULL`.
   */
  environment(spec: PythonEnvironmentSpec): Promise<PythonEnvironment>;
  /**
   * Starts a long-lived worker: one Python process that imports `module` once and then answers calls.
   * Resolves at once: making the environment, starting and importing go on while the caller does other
   * things. The first call waits for them, and is told where they failed.
   *
   * What the worker prints goes to the log, as does stderr; what it reads from stdin is empty.
   */
  startWorker(spec: PythonWorkerSpec): Promise<PythonWorker>;
}

export interface PythonEnvironmentSpec {
  /**
   * Absolute path of the plugin's lock file, as `uv pip compile --generate-hashes` writes it: every
   * requirement pinned with `==` and hashed, no index, address or option in it. A package may stand in it
   * several times for several Pythons, told apart by markers.
   */
  requirements: string;
  /**
   * Further lock files of the same form, added to the same environment: a dbt adapter's, from
   * `compute.getRequiredDbtPackages()`. Their order makes no difference.
   */
  additionalRequirements?: readonly string[];
  /**
   * Further pinned packages (`name==version`), for what comes from a user's config. Unpinned is refused.
   * Installed as they are: what they need in turn must be listed as well. Where one has no hash, hashes are
   * still checked for those that have.
   */
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
   * Arguments and result are JSON: at most 64 MiB in one answer, no NaN or infinity (make them null), and
   * whole numbers beyond 2^53 lose digits.
   *
   * Ends with the current plugin call's deadline; a call that is abandoned ends the worker, since a Python
   * function can't be interrupted safely, and the next call starts a new one.
   *
   * @throws FloeError `PYTHON.CALL_FAILED` (the function raised; what it raised as `floe_worker.FloeError`
   * arrives with its own code, reason, remedies and place instead), `PYTHON.WORKER_EXITED`,
   * `PYTHON.WORKER_TIMEOUT`, `PYTHON.WORKER_PROTOCOL`, the last three with the worker's last lines on
   * stderr; `RUN.INTERRUPTED` where the call was abandoned; on the first call whatever `environment` throws.
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
  /**
   * Limit in milliseconds, within the plugin call's own deadline. Default: that deadline. It counts from
   * when the call is sent: not the turns of others nor the making of the environment, but on the first call
   * the module's import.
   */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Receives what the function reports with `floe_worker.progress(...)` while it runs. */
  onProgress?: (progress: unknown) => void;
}
