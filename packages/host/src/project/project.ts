import { existsSync, globSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FloeSpec, Manifest, SecretReference } from "@floe/core";
import {
  type ComputeConfig,
  completePlugin,
  FloeError,
  type Logger,
  type PluginIdentity,
  type PluginImplementation,
  type PluginInterfaces,
  type PluginKind,
  type ProjectPaths,
} from "@floe/core/contracts";
import { pluginError } from "../calls/plugin-error.ts";
import { type CallTracer, noTracer } from "../calls/tracer.ts";
import { wrapPlugin } from "../calls/wrap-plugin.ts";
import { sortFaults } from "../config/faults.ts";
import { type Configuration, loadConfiguration } from "../config/load-configuration.ts";
import { type ContextSources, createContext } from "../context/context.ts";
import { createLogger, type LogSink } from "../context/logger.ts";
import { type ConfiguredPlugin, PluginSet } from "../lifecycle/plugin-set.ts";
import { cacheRoot } from "../process/cache-root.ts";
import { lazyPythonRuntime } from "../python/lazy-runtime.ts";
import type { OwnedPythonRuntime } from "../python/runtime.ts";
import { openRegistry } from "../registry/open-registry.ts";
import type { PluginRegistry } from "../registry/registry.ts";
import { SecretMask } from "../secrets/mask.ts";
import { createSecretResolver } from "../secrets/resolver.ts";
import { locateProject, type ProjectLocation } from "./locate-project.ts";
import { type ResolvedSelection, resolveSelection, type Selection, selections } from "./selection.ts";
import { storageProperties } from "./storage-properties.ts";

export interface ProjectOptions {
  /** Where to look from, absolute; paths in messages are relative to it. */
  cwd: string;
  /** Path of floe.yaml, in place of the nearest. */
  product?: string;
  /** Path of manifest.yaml, in place of the one that the product names. */
  manifest?: string;
  env: Readonly<Record<string, string | undefined>>;
  /** `dev`, `staging`, `prod`. Default: FLOE_ENV, else `dev`. */
  environment?: string;
  log?: LogSink;
  tracer?: CallTracer;
  /** Ends whatever the project does. */
  signal?: AbortSignal;
}

/** A product on its platform: its files, its plugins, and what they share. */
export class Project {
  readonly location: ProjectLocation;
  readonly configuration: Configuration;
  readonly registry: PluginRegistry;
  readonly environment: string;
  readonly python: OwnedPythonRuntime;
  readonly paths: Omit<ProjectPaths, "cacheDir">;
  /** The folder that paths in messages are relative to. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Masks every secret that was given out. */
  readonly mask: SecretMask;
  readonly logger: Logger;
  /** The secrets that generated files name. */
  readonly #named = new Map<string, SecretReference>();
  readonly #sources: ContextSources;
  readonly #tracer: CallTracer;
  #resolved: Promise<{ resolved: ResolvedSelection[]; faults: FloeError[] }> | undefined;

  private constructor(location: ProjectLocation, configuration: Configuration, options: ProjectOptions) {
    const { env, log = () => {}, tracer = noTracer, signal = new AbortController().signal } = options;
    const mask = new SecretMask();
    const resolver = createSecretResolver({ env, mask });
    this.cwd = options.cwd;
    this.env = env;
    this.signal = signal;
    this.mask = mask;
    this.logger = createLogger(log, mask);
    this.paths = {
      projectDir: location.projectDir,
      stateDir: join(location.projectDir, ".floe"),
      dbtProjectDir: findDbtProject(location.projectDir),
    };
    this.location = location;
    this.configuration = configuration;
    this.registry = openRegistry(location.projectDir, env);
    this.environment = options.environment ?? env.FLOE_ENV ?? "dev";
    this.python = lazyPythonRuntime({
      env,
      projectDir: location.projectDir,
      logger: this.logger,
      signal,
    });
    this.#tracer = tracer;
    this.#sources = {
      environment: this.environment,
      paths: this.paths,
      cacheDir: cacheRoot(env),
      secrets: {
        resolve: (reference) => resolver.resolve(reference),
        environmentVariable: (reference) => {
          const name = resolver.environmentVariable(reference);
          this.#named.set(name, reference);
          return name;
        },
      },
      mask,
      python: this.python,
      env,
      log,
      signal,
    };
  }

  /**
   * Opens the project at or above a folder. Faults in its files don't keep it from opening.
   *
   * @throws FloeError `PROJECT.NOT_FOUND`, `PROJECT.PNP_UNSUPPORTED`.
   */
  static open(options: ProjectOptions): Project {
    const location = locateProject(options.cwd, options);
    return new Project(location, loadConfiguration(location, options.cwd), options);
  }

  /** Everything that is wrong with the project's files and the plugins that they select. */
  async validate(): Promise<FloeError[]> {
    const { faults } = await this.#resolve();
    return sortFaults([...this.configuration.faults, ...faults, ...(await this.#setFaults())]);
  }

  /** The selected plugins that can be used, and what is wrong with the others. */
  async #resolve(): Promise<{ resolved: ResolvedSelection[]; faults: FloeError[] }> {
    this.#resolved ??= (async () => {
      const { manifest } = this.configuration;
      const selected = manifest === undefined ? [] : this.#selections(manifest);
      const outcomes = await Promise.all(
        selected.map((selection) => resolveSelection(selection, this.registry, this.configuration)),
      );
      return {
        resolved: outcomes.flatMap((outcome) => outcome.resolved ?? []),
        faults: outcomes.flatMap((outcome) => outcome.faults),
      };
    })();
    return this.#resolved;
  }

  /**
   * What the manifest selects; and of what it leaves open, floe's own defaults as far as they are installed
   * and the product has use for them.
   */
  #selections(manifest: Manifest): Selection[] {
    const selected = selections(manifest);
    const { product } = this.configuration;
    const wanted = product === undefined ? [] : EMBEDDED.filter(({ needed }) => needed(product));
    const defaults = wanted.filter(
      ({ kind, name }) =>
        !selected.some((one) => one.kind === kind) &&
        this.registry.plugins.some((plugin) => plugin.kind === kind && plugin.name === name),
    );
    return [
      ...selected,
      ...defaults.map(({ kind, name }) => ({
        kind,
        name,
        version: undefined,
        config: {},
        connectionSecretRef: undefined,
      })),
    ];
  }

  /** The selected plugins as found and configured, in the order in which floe lists kinds. */
  async selected(): Promise<readonly ResolvedSelection[]> {
    return (await this.#resolve()).resolved;
  }

  /** Says how to get a plugin that a command can't do without. @throws FloeError `PLUGIN.NOT_INSTALLED`. */
  missingPlugin(kind: PluginKind, name: string): never {
    this.registry.find(kind, name);
    throw new FloeError("PLUGIN.MISSING_DEPENDENCY", `The manifest selects no ${kind} plugin.`, {
      next: [`Add plugins.${kind} to manifest.yaml, with type: ${name}.`],
    });
  }

  /**
   * Values of the secrets that generated files name, by environment variable: what dbt's `env_var()` needs.
   *
   * @throws FloeError `SECRET.NOT_FOUND`, `SECRET.UNREADABLE`.
   */
  async namedSecrets(): Promise<Record<string, string>> {
    const values: Record<string, string> = {};
    for (const [name, reference] of this.#named)
      values[name] = await this.#sources.secrets.resolve(reference);
    return values;
  }

  /** The plugins that the manifest selects and that can be used, configured and not yet started. */
  async plugins(): Promise<PluginSet> {
    const { resolved } = await this.#resolve();
    return new PluginSet(resolved.map((one) => this.#configure(one)));
  }

  /** What the product asks of the compute engine. */
  computeConfig(plugins: PluginSet): ComputeConfig {
    const { projectDir } = this.location;
    const storage = plugins.get("storage");
    const catalog = plugins.get("catalog")?.getCatalogConfig();
    return {
      productName: this.configuration.product?.metadata.name ?? "platform",
      target: this.environment,
      projectDir,
      ...(storage === undefined
        ? {}
        : {
            storageProfile: storage.getDbtProfileConfig(),
            storageProperties: storageProperties(plugins) ?? {},
            warehouseUri: storage.getWarehouseUri(""),
          }),
      ...(catalog === undefined ? {} : { catalog }),
    };
  }

  /** Ends what the project started: its Python workers. */
  async close(): Promise<void> {
    await this.python.close();
  }

  #configure({ selection, found, definition, config }: ResolvedSelection): ConfiguredPlugin {
    const identity: PluginIdentity = {
      kind: found.kind,
      name: found.name,
      version: found.version,
      package: found.package,
      packageDir: found.packageDir,
    };
    const { connectionSecretRef } = selection;
    const secret = connectionSecretRef && ({ source: "kubernetes", name: connectionSecretRef } as const);
    const context = createContext(identity, secret || undefined, this.#sources);
    let implementation: PluginImplementation<PluginKind>;
    try {
      implementation = definition.create(config, context);
    } catch (error) {
      throw pluginError(error, identity, "create", this.#sources.mask);
    }
    const complete = completePlugin<PluginKind>(
      found.kind,
      { name: found.name, version: found.version, floeApiVersion: found.apiVersion },
      implementation,
    );
    const { mask, signal } = this.#sources;
    const instance: PluginInterfaces[PluginKind] = wrapPlugin(complete, {
      plugin: identity,
      mask,
      tracer: this.#tracer,
      signal,
    });
    return { kind: found.kind, name: found.name, requires: definition.requires ?? [], instance };
  }

  /** What is wrong with the plugins as a set: one that can't be made, or lacks another that it needs. */
  async #setFaults(): Promise<FloeError[]> {
    try {
      await this.plugins();
      return [];
    } catch (error) {
      const { code, summary, why, next, where, plugin, cause } = error as FloeError;
      // Who orders plugins knows the key, not the file.
      const place =
        where?.path === undefined ? where : this.configuration.placeInManifest(where.path.split("."));
      return [new FloeError(code, summary, { why, next, where: place, plugin, cause })];
    }
  }
}

/** What floe takes where the manifest leaves it open, and when a product needs it. */
const EMBEDDED: readonly { kind: PluginKind; name: string; needed: (product: FloeSpec) => boolean }[] = [
  { kind: "dbt", name: "local", needed: () => true },
  { kind: "data_quality", name: "custom", needed: () => true },
  { kind: "ingestion", name: "dlt", needed: ({ ingestion }) => ingestion !== undefined },
];

/** Where `dbt_project.yml` is: here, or in a folder right below; here where there is none. */
function findDbtProject(projectDir: string): string {
  if (existsSync(join(projectDir, "dbt_project.yml"))) return projectDir;
  const [below] = globSync("*/dbt_project.yml", {
    cwd: projectDir,
    exclude: (name) => name === "node_modules",
  }).toSorted();
  return below === undefined ? projectDir : join(projectDir, dirname(below));
}
