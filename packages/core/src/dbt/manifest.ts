import type { Tier } from "../schemas/names.ts";

/**
 * dbt's `manifest.json` (v12), as far as floe and its plugins read it. Files of other versions may lack
 * what is optional here.
 *
 * @see https://schemas.getdbt.com/dbt/manifest/v12.json
 */
export interface DbtManifest {
  metadata?: { dbt_version?: string; project_name?: string; adapter_type?: string };
  /** By unique id. */
  nodes: Readonly<Record<string, DbtNode>>;
  sources?: Readonly<Record<string, DbtSource>>;
}

export interface DbtColumn {
  name: string;
  description?: string;
  data_type?: string | null;
  meta?: Readonly<Record<string, unknown>>;
  tags?: readonly string[];
}

/** What nodes and sources share. */
export interface DbtResource {
  unique_id: string;
  resource_type: string;
  name: string;
  package_name?: string;
  database?: string | null;
  schema?: string;
  /** Relative to the dbt project. */
  original_file_path?: string;
  fqn?: readonly string[];
  tags?: readonly string[];
  meta?: Readonly<Record<string, unknown>>;
  description?: string;
  /** By name. */
  columns?: Readonly<Record<string, DbtColumn>>;
}

/** A model, seed, snapshot, test, analysis or operation. */
export interface DbtNode extends DbtResource {
  alias?: string;
  relation_name?: string | null;
  language?: string;
  depends_on?: { nodes?: readonly string[]; macros?: readonly string[] };
  config?: Readonly<Record<string, unknown>> & {
    materialized?: string;
    severity?: string;
    tags?: string | readonly string[];
    meta?: Readonly<Record<string, unknown>>;
  };
  compiled_code?: string | null;
  /** The hash of its file. */
  checksum?: { name: string; checksum: string };
  /** Of a generic test: the model that it is declared on. */
  attached_node?: string | null;
  column_name?: string | null;
  test_metadata?: { name: string; namespace?: string | null; kwargs?: Readonly<Record<string, unknown>> };
}

export interface DbtSource extends DbtResource {
  source_name: string;
  identifier?: string;
  relation_name?: string | null;
}

const TIERS: readonly Tier[] = ["bronze", "silver", "gold"];

/**
 * The tier of a node: `meta.tier`, else a tag `gold`, else the name's prefix `gold_`, else a folder `gold`.
 * Undefined where none says so. What `floe.yaml` says goes before all of them, and is put into `meta.tier`
 * by the host.
 */
export function tierOf({ name, fqn = [], tags = [], meta, config }: DbtNode): Tier | undefined {
  const declared = config?.meta?.tier ?? meta?.tier;
  return (
    TIERS.find((tier) => tier === declared) ??
    TIERS.find((tier) => tags.includes(tier)) ??
    TIERS.find((tier) => name.startsWith(`${tier}_`)) ??
    TIERS.find((tier) => fqn.slice(1, -1).includes(tier))
  );
}

/** The models, in the manifest's order. */
export function modelsOf({ nodes }: DbtManifest): DbtNode[] {
  return Object.values(nodes).filter(({ resource_type }) => resource_type === "model");
}

/** The models of the project itself, without those of its packages. */
export function ownModelsOf(manifest: DbtManifest): DbtNode[] {
  const project = manifest.metadata?.project_name;
  return modelsOf(manifest).filter(
    ({ package_name }) => project === undefined || package_name === undefined || package_name === project,
  );
}

/**
 * The tests on a model, by the model's unique id: generic tests by the model that they are declared on,
 * others by each model that they read.
 */
export function testsByModel({ nodes }: DbtManifest): Map<string, DbtNode[]> {
  const tests = new Map<string, DbtNode[]>();
  for (const node of Object.values(nodes)) {
    if (node.resource_type !== "test") continue;
    const targets = node.attached_node != null ? [node.attached_node] : (node.depends_on?.nodes ?? []);
    for (const target of targets) {
      const known = tests.get(target);
      if (known === undefined) tests.set(target, [node]);
      else known.push(node);
    }
  }
  return tests;
}
