import type { SecretReference } from "../schemas/secret-reference.ts";
import type { CommandRunner } from "./commands.ts";
import type { PluginKind } from "./kinds.ts";
import type { PythonRuntime } from "./python.ts";

/**
 * What the host lends to a plugin, so that a plugin depends on this package alone.
 *
 * It lives as long as the plugin does and must not be shared between plugins.
 */
export interface PluginContext {
  /** Who the plugin is, read from its package. */
  readonly plugin: PluginIdentity;
  /** The environment that floe runs for: `dev`, `staging`, `prod`. `dev` unless chosen. */
  readonly environment: string;
  readonly logger: Logger;
  /**
   * Aborted when the call now running must end: its deadline has passed, or the user interrupted. Outside
   * a call it is the plugin's lifetime. Read it anew in each call; don't keep it.
   */
  readonly signal: AbortSignal;
  /** HTTP with a deadline, retries and coded errors. */
  readonly fetch: ContextFetch;
  readonly secrets: SecretResolver;
  /**
   * What the manifest's `connection_secret_ref` names: the secret that the plugin connects with. Undefined
   * where the manifest has none; a plugin that needs several has references in its own configuration.
   */
  readonly connectionSecret: SecretReference | undefined;
  readonly paths: ProjectPaths;
  /** Programs other than Python workers. */
  readonly commands: CommandRunner;
  readonly python: PythonRuntime;
}

export interface PluginIdentity {
  readonly kind: PluginKind;
  readonly name: string;
  /** The version of the plugin's package. */
  readonly version: string;
  /** The name of the plugin's package, for messages such as `npm install <package>`. */
  readonly package: string;
  /** The root folder of the plugin's package, absolute: where its Python module and lock file are. */
  readonly packageDir: string;
}

/**
 * Writes log lines. Messages are sentences without secrets; what varies goes into `fields`. Whatever a
 * secret resolver of this process gave out is masked in both.
 */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

export interface ContextFetchInit extends RequestInit {
  /** Limit on one attempt, headers and body, in milliseconds. Default 10,000. */
  timeoutMs?: number;
  /**
   * How often a failed attempt is repeated: no connection, 408, 425, 429, 502, 503, 504; `Retry-After` is
   * honoured, else back-off doubles from 200 ms with jitter. Default 2 for GET, HEAD, OPTIONS, PUT and
   * DELETE, 0 for the others, since repeating them may do the thing twice.
   */
  retries?: number;
  /**
   * Answers after which a request is repeated whatever its method, twice or `retries` times if that is more,
   * because this server means by them that it did nothing: `[429, 503]`. Default none.
   */
  retryStatuses?: readonly number[];
}

/**
 * `fetch` as the platform has it, but it ends with the current call's {@link PluginContext.signal}, and a
 * failure to get any response is a FloeError (`CONNECTION.REFUSED`, `.UNREACHABLE`, `.TIMEOUT`) that names
 * the host. A response of any status is returned, not thrown: what a 404 means is the plugin's to say.
 */
export type ContextFetch = (url: string | URL, init?: ContextFetchInit) => Promise<Response>;

/** Gives the value behind a secret reference. Nothing is resolved before it is used. */
export interface SecretResolver {
  /**
   * The secret's value. From then on the value is masked in log lines, spans, errors and events.
   *
   * @throws FloeError `SECRET.NOT_FOUND` or `SECRET.UNREADABLE`, naming the reference and where it was
   * looked for, never a value.
   */
  resolve(reference: SecretReference): Promise<string>;
  /**
   * The environment variable through which another process (dbt, a Python worker, a pod) finds the same
   * secret; what generated files name, as `{{ env_var('...') }}`. Resolves nothing.
   */
  environmentVariable(reference: SecretReference): string;
}

/** Where things are. All absolute. */
export interface ProjectPaths {
  /** The folder of `floe.yaml`, or of the manifest where there is no product. */
  readonly projectDir: string;
  /** `<projectDir>/.floe`: runs, spools, caches of the project. Exists only once something is written. */
  readonly stateDir: string;
  /** The dbt project's folder: where `dbt_project.yml` is; `projectDir` where none was found. */
  readonly dbtProjectDir: string;
  /** A folder of the plugin's own in the user's cache. Not yet made; anything in it may vanish. */
  readonly cacheDir: string;
}
