import { FloeError, type HealthStatus, type PluginInterfaces, type PluginKind } from "@floe/core/contracts";
import { startOrder } from "./start-order.ts";

/** A plugin that is configured and wrapped, ready to be started. */
export interface ConfiguredPlugin<K extends PluginKind = PluginKind> {
  kind: K;
  name: string;
  requires: readonly PluginKind[];
  instance: PluginInterfaces[K];
}

/** The plugins of a project, at most one of each kind, and their life. */
export class PluginSet {
  readonly #plugins: ReadonlyMap<PluginKind, ConfiguredPlugin>;
  readonly #order: readonly ConfiguredPlugin[];
  readonly #started: ConfiguredPlugin[] = [];

  /** @throws FloeError as `startOrder`. */
  constructor(plugins: readonly ConfiguredPlugin[]) {
    this.#order = startOrder(plugins);
    this.#plugins = new Map(plugins.map((plugin) => [plugin.kind, plugin]));
  }

  /** The kinds that are there, in the order in which they start. */
  get kinds(): readonly PluginKind[] {
    return this.#order.map(({ kind }) => kind);
  }

  /** The plugin of a kind, or undefined where the manifest selects none. */
  get<K extends PluginKind>(kind: K): PluginInterfaces[K] | undefined {
    return this.#plugins.get(kind)?.instance as PluginInterfaces[K] | undefined;
  }

  /**
   * Starts all plugins, each after those it needs. If one fails, those already started are stopped again.
   *
   * @throws FloeError `PLUGIN.START_FAILED`, or the coded error that the plugin itself gave.
   */
  async start(): Promise<void> {
    for (const plugin of this.#order) {
      if (this.#started.includes(plugin)) continue;
      this.#started.push(plugin);
      try {
        await plugin.instance.startup?.();
      } catch (error) {
        const failures = await this.stop();
        throw startFailure(plugin, error, failures);
      }
    }
  }

  /**
   * Stops what was started, in reverse order. A plugin that fails to stop doesn't keep the others from it.
   *
   * @returns What failed; empty if nothing did.
   */
  async stop(): Promise<FloeError[]> {
    const failures: FloeError[] = [];
    for (let plugin = this.#started.pop(); plugin !== undefined; plugin = this.#started.pop()) {
      try {
        await plugin.instance.shutdown?.();
      } catch (error) {
        failures.push(
          new FloeError("PLUGIN.STOP_FAILED", `The ${plugin.kind} plugin ${plugin.name} failed to stop.`, {
            why: (error as Error).message,
            next: ["floe doctor"],
            plugin: `${plugin.kind} ${plugin.name}`,
            cause: error,
          }),
        );
      }
    }
    return failures;
  }

  /** How each plugin is, all asked at once; one without a health check is healthy. */
  async health(): Promise<Map<PluginKind, HealthStatus>> {
    const entries = this.#order.map(async ({ kind, instance }): Promise<[PluginKind, HealthStatus]> => {
      try {
        return [kind, (await instance.healthCheck?.()) ?? { state: "healthy", message: "" }];
      } catch (error) {
        return [kind, { state: "unhealthy", message: (error as Error).message }];
      }
    });
    return new Map(await Promise.all(entries));
  }
}

function startFailure(plugin: ConfiguredPlugin, error: unknown, failures: readonly FloeError[]): FloeError {
  const { code, why, next, message } = error as FloeError;
  return new FloeError("PLUGIN.START_FAILED", `The ${plugin.kind} plugin ${plugin.name} failed to start.`, {
    why: [`${code}: ${message}`, why, ...failures.map(({ summary }) => summary)].filter(Boolean).join(" "),
    next: next ?? ["floe doctor"],
    plugin: `${plugin.kind} ${plugin.name}`,
    cause: error,
  });
}
