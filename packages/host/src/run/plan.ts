import type { DbtManifest, DbtNode } from "@floe/core";
import type { ModelExpectation } from "../compile/expectations.ts";

const BUILT = new Set(["model", "seed", "snapshot", "test", "unit_test"]);

/** Everything that `dbt build` would build of a project. */
export function buildableNodes({ nodes }: DbtManifest): string[] {
  return Object.values(nodes)
    .filter(({ resource_type, config }) => BUILT.has(resource_type) && config?.materialized !== "ephemeral")
    .map(({ unique_id }) => unique_id);
}

/**
 * Divides a build into waves: what depends on a model with critical checks comes in a later wave than the
 * model, so that the checks can stand between. Within a wave, dbt keeps the order.
 */
export function planWaves(
  manifest: DbtManifest,
  planned: readonly string[],
  expectations: readonly ModelExpectation[],
): string[][] {
  const waves = Map.groupBy(planned, waveOf(manifest, expectations));
  return [...waves].sort(([a], [b]) => a - b).map(([, nodes]) => nodes);
}

/** The wave of each node: how many models with critical checks lie one after another above it. */
export function waveOf(
  { nodes }: DbtManifest,
  expectations: readonly ModelExpectation[],
): (id: string) => number {
  const critical = new Set(expectations.filter((one) => one.critical).map(({ model }) => model));
  const known = new Map<string, number>();
  const parentsOf = (id: string): readonly string[] => nodes[id]?.depends_on?.nodes ?? [];
  return (asked) => {
    // Not recursive: chains of models may be thousands long.
    const trail = [asked];
    for (let id = trail.at(-1); id !== undefined; id = trail.at(-1)) {
      const parents = parentsOf(id).filter((parent) => parent in nodes);
      const unknown = parents.filter((parent) => !known.has(parent));
      if (unknown.length > 0 && !known.has(id)) {
        trail.push(...unknown);
        continue;
      }
      // A model's own tests belong to its wave; its checks come after it.
      const isTest = nodes[id]?.resource_type === "test";
      const after = (parent: string): number =>
        (known.get(parent) ?? 0) + (critical.has(parent) && !isTest ? 1 : 0);
      known.set(id, Math.max(0, ...parents.map(after)));
      trail.pop();
    }
    return known.get(asked) ?? 0;
  };
}

/** Every node that depends on one of some, directly or not. Without those themselves. */
export function descendantsOf({ nodes }: DbtManifest, of: Iterable<string>): Set<string> {
  const children = new Map<string, string[]>();
  for (const { unique_id, depends_on } of Object.values(nodes)) {
    for (const parent of depends_on?.nodes ?? []) {
      const known = children.get(parent);
      if (known === undefined) children.set(parent, [unique_id]);
      else known.push(unique_id);
    }
  }
  const found = new Set<string>();
  const ahead = [...of];
  for (let id = ahead.pop(); id !== undefined; id = ahead.pop()) {
    for (const child of children.get(id) ?? []) {
      if (found.has(child)) continue;
      found.add(child);
      ahead.push(child);
    }
  }
  return found;
}

/** What a failed node blocks below: a test, the models that it tests; anything else, itself. */
export function blockedBy(manifest: DbtManifest, failed: Iterable<string>): Set<string> {
  const roots = [...failed].flatMap((id) => {
    const node = manifest.nodes[id];
    if (node?.resource_type !== "test") return [id];
    return node.attached_node != null ? [node.attached_node] : [...(node.depends_on?.nodes ?? [])];
  });
  const below = descendantsOf(manifest, roots);
  // A failed test doesn't block the other tests of its model.
  return new Set([...below].filter((id) => !isTestOf(manifest.nodes[id], roots)));
}

function isTestOf(node: DbtNode | undefined, models: readonly string[]): boolean {
  if (node?.resource_type !== "test") return false;
  return (node.depends_on?.nodes ?? []).some((id) => models.includes(id));
}

/** dbt's selection of exactly these nodes, by their full names; to be used without indirect selection. */
export function selectionOf({ nodes }: DbtManifest, ids: readonly string[]): string {
  return ids
    .flatMap((id) => nodes[id] ?? [])
    .map((node) => `fqn:${node.fqn?.join(".") ?? node.name}`)
    .join(" ");
}
