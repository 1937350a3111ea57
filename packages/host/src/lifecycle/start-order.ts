import { FloeError, type PluginKind } from "@floe/core/contracts";

/** What decides the order: a kind, and the kinds it needs. */
export interface Requirement {
  kind: PluginKind;
  name: string;
  requires: readonly PluginKind[];
}

/**
 * The order in which plugins start: each after those it needs, otherwise as given.
 *
 * @throws FloeError `PLUGIN.MISSING_DEPENDENCY`, `PLUGIN.DEPENDENCY_CYCLE` with the way round.
 */
export function startOrder<T extends Requirement>(plugins: readonly T[]): T[] {
  const byKind = new Map(plugins.map((plugin) => [plugin.kind, plugin]));
  const ordered: T[] = [];
  const done = new Set<PluginKind>();

  const visit = (plugin: T, trail: readonly T[]): void => {
    if (done.has(plugin.kind)) return;
    const repeated = trail.indexOf(plugin);
    if (repeated >= 0) throw cycle([...trail.slice(repeated), plugin]);
    for (const kind of plugin.requires) {
      const needed = byKind.get(kind);
      if (needed === undefined) throw missing(plugin, kind);
      visit(needed, [...trail, plugin]);
    }
    done.add(plugin.kind);
    ordered.push(plugin);
  };
  for (const plugin of plugins) visit(plugin, []);
  return ordered;
}

function missing(plugin: Requirement, kind: PluginKind): FloeError {
  const who = `The ${plugin.kind} plugin ${plugin.name}`;
  return new FloeError("PLUGIN.MISSING_DEPENDENCY", `${who} needs a ${kind} plugin.`, {
    why: `The manifest selects no ${kind}.`,
    next: [`Add plugins.${kind} to manifest.yaml.`],
    where: { file: "manifest.yaml", path: `plugins.${plugin.kind}` },
  });
}

function cycle(plugins: readonly Requirement[]): FloeError {
  const way = plugins.map(({ kind, name }) => `${kind} ${name}`).join(" -> ");
  return new FloeError("PLUGIN.DEPENDENCY_CYCLE", "Plugins need each other to be started first.", {
    why: way,
    next: ["Choose another plugin for one of these kinds, and tell the author of either."],
  });
}
