import { join } from "node:path";
import type {
  PluginContext,
  PluginIdentity,
  ProjectPaths,
  PythonRuntime,
  SecretReference,
  SecretResolver,
} from "@floe/core";
import { currentCallSignal } from "../calls/deadline.ts";
import type { SecretMask } from "../secrets/mask.ts";
import { createCommands } from "./commands.ts";
import { createFetch } from "./fetch.ts";
import { createLogger, type LogSink } from "./logger.ts";

/** What all plugins of a project share. */
export interface ContextSources {
  environment: string;
  paths: Omit<ProjectPaths, "cacheDir">;
  /** The user's cache folder of floe. */
  cacheDir: string;
  secrets: SecretResolver;
  mask: SecretMask;
  python: PythonRuntime;
  /** What commands are started with. */
  env: Readonly<Record<string, string | undefined>>;
  log: LogSink;
  /** Ends everything. */
  signal: AbortSignal;
}

/** The context of one plugin. */
export function createContext(
  plugin: PluginIdentity,
  connectionSecret: SecretReference | undefined,
  sources: ContextSources,
): PluginContext {
  const { environment, paths, cacheDir, secrets, mask, python, env, log, signal } = sources;
  const currentSignal = (): AbortSignal => currentCallSignal() ?? signal;
  return {
    plugin,
    environment,
    logger: createLogger(log, mask, { plugin: `${plugin.kind} ${plugin.name}` }),
    get signal() {
      return currentSignal();
    },
    fetch: createFetch(currentSignal),
    secrets,
    connectionSecret,
    paths: { ...paths, cacheDir: join(cacheDir, "plugins", plugin.package.replace("/", "+")) },
    commands: createCommands({ env, cwd: paths.projectDir, signal: currentSignal }),
    python,
  };
}
