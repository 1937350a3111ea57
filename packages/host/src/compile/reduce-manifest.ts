import { readFileSync } from "node:fs";
import { type DbtManifest, type DbtNode, type DbtSource, FloeError, type Tier } from "@floe/core";

/**
 * dbt's manifest without what nobody reads after the compile: macros, docs, the text of models. A tenth of
 * the size, which is what makes an unchanged compile of thousands of models quick.
 *
 * @throws FloeError `DBT.ARTIFACT_MISSING`.
 */
export function readReducedManifest(file: string): DbtManifest {
  let whole: DbtManifest;
  try {
    whole = JSON.parse(readFileSync(file, "utf8")) as DbtManifest;
  } catch (error) {
    throw new FloeError("DBT.ARTIFACT_MISSING", "dbt's manifest can't be read.", {
      why: (error as Error).message,
      next: ["floe compile"],
      where: { file },
      cause: error,
    });
  }
  return reduceManifest(whole);
}

/** The same, of one that is in memory. */
export function reduceManifest({ metadata = {}, nodes, sources = {} }: DbtManifest): DbtManifest {
  const { dbt_version, project_name, adapter_type } = metadata;
  return {
    metadata: {
      ...(dbt_version === undefined ? {} : { dbt_version }),
      ...(project_name === undefined ? {} : { project_name }),
      ...(adapter_type === undefined ? {} : { adapter_type }),
    },
    nodes: sortedMap(nodes, reduceNode),
    sources: sortedMap(sources, reduceSource),
  };
}

/** The manifest with the tiers that `floe.yaml` gives its models, where `tierOf` looks first. */
export function withTiers(manifest: DbtManifest, tiers: ReadonlyMap<string, Tier>): DbtManifest {
  if (tiers.size === 0) return manifest;
  const nodes = Object.entries(manifest.nodes).map(([id, node]): [string, DbtNode] => {
    const tier = node.resource_type === "model" ? tiers.get(node.name) : undefined;
    if (tier === undefined) return [id, node];
    return [id, { ...node, config: { ...node.config, meta: { ...node.config?.meta, tier } } }];
  });
  return { ...manifest, nodes: Object.fromEntries(nodes) };
}

function reduceNode(node: DbtNode): DbtNode {
  const { config = {} } = node;
  return {
    ...reduceResource(node),
    ...pick(node, ["alias", "relation_name", "language", "attached_node", "column_name", "test_metadata"]),
    ...pick(node, ["checksum"]),
    depends_on: { nodes: node.depends_on?.nodes ?? [] },
    config: pick(config, [
      "materialized",
      "severity",
      "meta",
      "unique_key",
      "incremental_strategy",
      "enabled",
    ]),
  };
}

function reduceSource(source: DbtSource): DbtSource {
  return {
    ...reduceResource(source),
    source_name: source.source_name,
    ...pick(source, ["identifier", "relation_name"]),
  };
}

function reduceResource<R extends DbtNode | DbtSource>(resource: R) {
  return {
    unique_id: resource.unique_id,
    resource_type: resource.resource_type,
    name: resource.name,
    ...pick(resource, ["package_name", "database", "schema", "original_file_path", "fqn"]),
    ...pick(resource, ["tags", "meta", "description"]),
    columns: sortedMap(resource.columns ?? {}, (column) => ({
      name: column.name,
      ...pick(column, ["description", "data_type", "meta", "tags"]),
    })),
  };
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  const present = keys.filter((key) => from[key] !== undefined);
  return Object.fromEntries(present.map((key) => [key, from[key]])) as Pick<T, K>;
}

/** By key, for dbt's own order is that of its threads. */
function sortedMap<T, R>(map: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R> {
  const entries = Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value)]));
}
