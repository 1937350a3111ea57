import type { DbtManifest, DbtNode, DbtSource } from "@floe/core";

type Resource = DbtNode | DbtSource;

/**
 * The table that a test is about: what it is attached to, else (tests of sources, which dbt attaches to
 * nothing) what its `model` argument names, else the first that it reads. Without any (`select 1 where
 * false`), the test itself.
 */
export function testedTable(manifest: DbtManifest, test: DbtNode): string[] {
  const attached = test.attached_node == null ? undefined : manifest.nodes[test.attached_node];
  const resource =
    attached ?? referredTo(manifest, test, test.test_metadata?.kwargs?.model) ?? readBy(manifest, test)[0];
  return resource === undefined ? [test.name] : tableOf(resource);
}

/** The table behind `ref('orders')` or `source('raw', 'orders')`; undefined where that isn't sure. */
export function referredTable(
  manifest: DbtManifest,
  test: DbtNode,
  reference: unknown,
): string[] | undefined {
  const resource = referredTo(manifest, test, reference);
  return resource === undefined ? undefined : tableOf(resource);
}

const REFERENCE = /\b(ref|source)\s*\(([^)]*)\)/;

function referredTo(manifest: DbtManifest, test: DbtNode, reference: unknown): Resource | undefined {
  if (typeof reference !== "string") return undefined;
  const [, kind, given = ""] = REFERENCE.exec(reference) ?? [];
  const words = [...given.matchAll(/(['"])(.*?)\1/g)].map(([, , word]) => word);
  const [first, last] = [words[0], words.at(-1)];
  const candidates = readBy(manifest, test).filter((resource) =>
    "source_name" in resource
      ? kind === "source" && resource.source_name === first && resource.name === last
      : kind === "ref" && resource.name === last,
  );
  // Two versions of a model have one name.
  return candidates.length === 1 ? candidates[0] : undefined;
}

function readBy({ nodes, sources = {} }: DbtManifest, test: DbtNode): Resource[] {
  return (test.depends_on?.nodes ?? []).flatMap((id) => nodes[id] ?? sources[id] ?? []);
}

function tableOf(resource: Resource): string[] {
  const name = "source_name" in resource ? resource.identifier : resource.alias;
  return [resource.database, resource.schema, name ?? resource.name].filter(
    (part) => part != null && part !== "",
  ) as string[];
}
