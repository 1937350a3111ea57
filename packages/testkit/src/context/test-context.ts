import { join } from "node:path";
import {
  FloeError,
  type Logger,
  type PluginContext,
  type PluginIdentity,
  type PluginKind,
  type PythonRuntime,
  type SecretReference,
  secretEnvironmentVariable,
} from "@floe/core";
import { Canaries } from "./canaries.ts";
import { createTestCommands } from "./commands.ts";
import { createTestFetch } from "./fetch.ts";

export interface LogRecord {
  level: "debug" | "info" | "warn" | "error";
  message: string;
  fields: Readonly<Record<string, unknown>>;
}

export interface TestContextOptions {
  kind: PluginKind;
  name: string;
  /** A folder that is the caller's: the project's folder lies in it, as do state and cache. Absolute. */
  dir: string;
  /** Default: `dir`. */
  packageDir?: string;
  package?: string;
  version?: string;
  environment?: string;
  /** Values by environment variable, others being made up; or `missing`: no secret is ever found. */
  secrets?: Readonly<Record<string, string>> | Canaries | "missing";
  /** What the manifest's `connection_secret_ref` would name. */
  connectionSecret?: SecretReference | undefined;
  python?: PythonRuntime | undefined;
}

/** What the host lends to a plugin, for tests: everything works, and what the plugin did is kept. */
export interface TestContext extends PluginContext {
  /** What was logged, unmasked. */
  readonly logs: readonly LogRecord[];
  /** What of the context was used to reach outside, in order: `fetch`, `secrets.resolve`, `python.environment`. */
  readonly used: readonly string[];
  /** Ends what runs, as the host does at a deadline or an interrupt. */
  abort(reason?: unknown): void;
}

/**
 * A context for a plugin's own tests.
 *
 * ```ts
 * const context = createTestContext({ kind: "storage", name: "ftp", dir: await mkdtemp(join(tmpdir(), "ftp-")) });
 * const storage = plugin.create(plugin.configSchema.parse({ host: "127.0.0.1" }), context);
 * ```
 */
export function createTestContext(options: TestContextOptions): TestContext {
  const { kind, name, dir, environment = "dev", secrets = {} } = options;
  const controller = new AbortController();
  const logs: LogRecord[] = [];
  const used: string[] = [];
  const identity: PluginIdentity = {
    kind,
    name,
    version: options.version ?? "0.0.0",
    package: options.package ?? `floe-${kind.replaceAll("_", "-")}-${name}`,
    packageDir: options.packageDir ?? dir,
  };
  const canaries = secrets instanceof Canaries ? secrets : new Canaries(secrets === "missing" ? {} : secrets);
  const send = createTestFetch(() => controller.signal);
  const commands = createTestCommands(dir, () => controller.signal);
  const python = options.python ?? noPython;

  return {
    plugin: identity,
    environment,
    logger: recordingLogger(logs),
    get signal() {
      return controller.signal;
    },
    fetch(url, init) {
      used.push("fetch");
      return send(url, init);
    },
    secrets: {
      environmentVariable: secretEnvironmentVariable,
      async resolve(reference) {
        used.push("secrets.resolve");
        const variable = secretEnvironmentVariable(reference);
        if (secrets !== "missing") return canaries.valueOf(variable);
        throw new FloeError(
          "SECRET.NOT_FOUND",
          `The secret ${reference.source}:${reference.name} isn't set.`,
          {
            next: [`Set the environment variable ${variable}.`],
          },
        );
      },
    },
    connectionSecret: options.connectionSecret,
    paths: {
      projectDir: dir,
      stateDir: join(dir, ".floe"),
      dbtProjectDir: dir,
      cacheDir: join(dir, ".cache"),
    },
    commands: {
      run(program, parameters, runOptions) {
        used.push("commands.run");
        return commands.run(program, parameters, runOptions);
      },
    },
    python: {
      environment(spec) {
        used.push("python.environment");
        return python.environment(spec);
      },
      startWorker(spec) {
        used.push("python.startWorker");
        return python.startWorker(spec);
      },
    },
    logs,
    used,
    abort: (reason) => controller.abort(reason),
  };
}

const noPython: PythonRuntime = {
  environment: () => Promise.reject(pythonMissing()),
  startWorker: () => Promise.reject(pythonMissing()),
};

function pythonMissing(): FloeError {
  return new FloeError("PYTHON.NOT_FOUND", "This test lends no Python.", {
    next: ["Give the test's options a `python`: a PythonRuntime, such as the host's."],
  });
}

function recordingLogger(logs: LogRecord[]): Logger {
  const at =
    (level: LogRecord["level"]) =>
    (message: string, fields: Record<string, unknown> = {}): void => {
      logs.push({ level, message, fields });
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
