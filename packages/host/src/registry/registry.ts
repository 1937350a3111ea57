import { FloeError, type Place, type PluginDefinition, type PluginKind } from "@floe/core/contracts";
import { suggest } from "../config/suggest.ts";
import type { Discovery, FoundPlugin } from "../discovery/found-plugin.ts";
import { loadDefinition } from "./load-definition.ts";
import { conventionalPackage } from "./package-names.ts";

/** The plugins that are installed, by kind and name. Imports one only when it is asked for. */
export class PluginRegistry {
  readonly #discovery: Discovery;
  readonly #loaded = new Map<FoundPlugin, Promise<PluginDefinition>>();

  constructor(discovery: Discovery) {
    this.#discovery = discovery;
  }

  /** Everything found, in the order of discovery. */
  get plugins(): readonly FoundPlugin[] {
    return this.#discovery.plugins;
  }

  get skipped(): Discovery["skipped"] {
    return this.#discovery.skipped;
  }

  /**
   * The plugin of that kind and name.
   *
   * @param where The place that asks for it, for the error.
   * @throws FloeError `PLUGIN.NOT_INSTALLED` (or why its package was skipped), `PLUGIN.DUPLICATE`.
   */
  find(kind: PluginKind, name: string, where?: Place): FoundPlugin {
    const [found, ...others] = this.plugins.filter((plugin) => plugin.kind === kind && plugin.name === name);
    if (found === undefined) throw this.#notInstalled(kind, name, where);
    if (others.length === 0) return found;
    const packages = [found, ...others].map((plugin) => plugin.package);
    throw new FloeError(
      "PLUGIN.DUPLICATE",
      `${packages.length} packages provide the ${kind} plugin ${name}.`,
      {
        why: `${packages.join(" and ")} both do, and floe won't choose for you.`,
        next: packages.slice(1).map((name) => `npm uninstall ${name}`),
        where,
      },
    );
  }

  /** The plugin's definition, imported once. @throws as {@link find} and `loadDefinition`. */
  load(kind: PluginKind, name: string, where?: Place): Promise<PluginDefinition> {
    const found = this.find(kind, name, where);
    const loading = this.#loaded.get(found) ?? loadDefinition(found);
    this.#loaded.set(found, loading);
    return loading;
  }

  #notInstalled(kind: PluginKind, name: string, where: Place | undefined): FloeError {
    const packageName = conventionalPackage(kind, name);
    // A package that is there but was skipped has its own story to tell.
    const skipped = this.skipped.find(
      ({ package: skippedPackage, error }) => skippedPackage === packageName && error.severity === "error",
    );
    if (skipped !== undefined) {
      const { error } = skipped;
      return new FloeError(error.code, error.summary, {
        why: error.why,
        next: error.next,
        where,
        cause: error,
      });
    }
    const names = this.plugins.filter((plugin) => plugin.kind === kind).map((plugin) => plugin.name);
    const meant = suggest(name, names);
    return new FloeError(
      "PLUGIN.NOT_INSTALLED",
      `No installed package provides the ${kind} plugin "${name}".`,
      {
        why: names.length === 0 ? `No ${kind} plugin is installed.` : `Installed: ${names.join(", ")}.`,
        next: [...(meant === undefined ? [] : [`Did you mean "${meant}"?`]), `npm install ${packageName}`],
        where,
      },
    );
  }
}
