import type { Manifest } from "@floe/core";
import {
  FloeError,
  isFloeError,
  PLUGIN_KINDS,
  type PluginDefinition,
  type PluginKind,
} from "@floe/core/contracts";
import type { Configuration } from "../config/load-configuration.ts";
import type { FoundPlugin } from "../discovery/found-plugin.ts";
import type { PluginRegistry } from "../registry/registry.ts";

/** A plugin that a manifest selects. */
export interface Selection {
  kind: PluginKind;
  name: string;
  version: string | undefined;
  config: Readonly<Record<string, unknown>>;
  connectionSecretRef: string | undefined;
}

/** What a manifest selects, in the order in which floe lists kinds. */
export function selections({ plugins }: Manifest): Selection[] {
  return PLUGIN_KINDS.flatMap((kind) => {
    const selected = plugins[kind];
    if (selected === undefined) return [];
    const { type: name, version, config = {} } = selected;
    const connectionSecretRef =
      "connection_secret_ref" in selected ? selected.connection_secret_ref : undefined;
    return [{ kind, name, version, config, connectionSecretRef }];
  });
}

/** A selection whose plugin is installed, loads, and takes its configuration. */
export interface ResolvedSelection {
  selection: Selection;
  found: FoundPlugin;
  definition: PluginDefinition;
  /** The configuration as the plugin's schema gives it, defaults filled in. */
  config: unknown;
}

export type Resolution =
  | { resolved: ResolvedSelection; faults: [] }
  | { resolved?: never; faults: FloeError[] };

/** Finds and loads a selected plugin and checks its configuration; what is wrong is returned, not thrown. */
export async function resolveSelection(
  selection: Selection,
  registry: PluginRegistry,
  configuration: Configuration,
): Promise<Resolution> {
  const { kind, name, version, config } = selection;
  const where = configuration.placeInManifest([
    "plugins",
    kind,
    kind === "data_quality" ? "provider" : "type",
  ]);
  try {
    const found = registry.find(kind, name, where);
    if (version !== undefined && version !== found.version) {
      throw new FloeError("PLUGIN.INCOMPATIBLE", `The manifest wants ${found.package} ${version}.`, {
        why: `${found.version} is installed.`,
        next: [`npm install ${found.package}@${version}`],
        where: configuration.placeInManifest(["plugins", kind, "version"]),
      });
    }
    const definition = await registry.load(kind, name, where);
    const parsed = definition.configSchema.safeParse(config);
    if (parsed.success)
      return { resolved: { selection, found, definition, config: parsed.data }, faults: [] };
    const path = ["plugins", kind, "config"];
    return {
      faults: configuration.faultsInManifest(
        path,
        parsed.error.issues,
        definition.configSchema,
        "PLUGIN.INVALID_CONFIG",
      ),
    };
  } catch (error) {
    if (isFloeError(error)) return { faults: [error] };
    throw error;
  }
}
