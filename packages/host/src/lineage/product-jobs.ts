import {
  createFacet,
  type Dataset,
  type DbtManifest,
  type DbtNode,
  type DbtSource,
  type IngestionSource,
  type JobFacets,
} from "@floe/core";
import type { Product } from "../project/product.ts";
import { icebergTableDataset } from "./catalog-tables.ts";
import { type TableFacts, tableKey } from "./inspect-tables.ts";
import { PRODUCER } from "./recorder.ts";

/** A job of a product as lineage names it, the same in every run and whoever runs it. */
export interface ProductJob {
  name: string;
  facets: JobFacets;
  /** What does the work; undefined for the product itself. */
  engine?: { name: string; version: string };
}

/** What becomes known while a product runs. */
export interface Known {
  manifest: DbtManifest;
  dbtVersion?: string | undefined;
  /** Tables that were looked at, by their keys: those in a catalog are named by where they lie. */
  tables?: ReadonlyMap<string, TableFacts>;
}

/** The jobs of a product and the datasets that they read and write: the one place where lineage's names are made. */
export class ProductJobs {
  readonly #product: Product;
  readonly #known: Known;

  constructor(product: Product, known: Known) {
    this.#product = product;
    this.#known = known;
  }

  get manifest(): DbtManifest {
    return this.#known.manifest;
  }

  /** The same product's, now that more is known. */
  knowing(more: Partial<Known>): ProductJobs {
    return new ProductJobs(this.#product, { ...this.#known, ...more });
  }

  /** The parent of all others. */
  product(): ProductJob {
    const { name, description } = this.#product.spec.metadata;
    return { name, facets: { ...jobType("FLOE", "DAG"), ...documented(description) } };
  }

  source({ name }: IngestionSource): ProductJob {
    const plugin = this.#product.plugins.get("ingestion");
    const engine = { name: plugin?.name ?? "ingestion", version: plugin?.version ?? "unknown" };
    return {
      name: `${this.#name()}.ingestion.${name}`,
      facets: jobType(engine.name.toUpperCase(), "TASK"),
      engine,
    };
  }

  node(node: DbtNode): ProductJob {
    return {
      name: `${this.#name()}.${node.name}`,
      facets: { ...jobType("DBT", node.resource_type.toUpperCase()), ...documented(node.description) },
      engine: { name: "dbt", version: this.#known.dbtVersion ?? "unknown" },
    };
  }

  /** The quality run on a node. */
  quality(node: DbtNode): ProductJob {
    const plugin = this.#product.plugins.get("data_quality");
    return {
      name: `${this.#name()}.${node.name}.quality`,
      facets: jobType("FLOE", "TEST"),
      engine: { name: plugin?.name ?? "dbt", version: plugin?.version ?? "unknown" },
    };
  }

  /** The dataset of a node or source. */
  datasetOf(resource: DbtNode | DbtSource): Dataset {
    return this.datasetAt(partsOf(resource));
  }

  /** The dataset of a table by its parts: database, schema, table. */
  datasetAt(parts: readonly string[]): Dataset {
    const { compute, computeConfig, plugins } = this.#product;
    const [table = "", schema = "", database = ""] = [...parts].reverse();
    const { iceberg } = this.#known.tables?.get(tableKey(parts)) ?? {};
    return iceberg === undefined || computeConfig.catalog === undefined
      ? compute.getDatasetName(computeConfig, { database, schema, table })
      : icebergTableDataset(computeConfig.catalog, plugins.get("catalog")?.name ?? "rest", iceberg, parts);
  }

  /** The dataset that a source is loaded into. */
  loadedDataset(source: IngestionSource): Dataset {
    return this.datasetAt(this.loadedParts(source));
  }

  /** The table that a source is loaded into, in parts: database, schema, table. */
  loadedParts(source: IngestionSource): string[] {
    const [table = "", schema = ""] = source.destinationTable.split(".").reverse();
    const declared = Object.values(this.manifest.sources ?? {}).find(
      (one) => (one.identifier ?? one.name) === table && (schema === "" || one.schema === schema),
    );
    if (declared !== undefined) return partsOf(declared);
    const [any] = Object.values(this.manifest.nodes);
    return [any?.database ?? "", schema, table];
  }

  /** The tables that a node reads. An ephemeral model is none: what it reads counts in its place. */
  inputsOf(node: DbtNode): (DbtNode | DbtSource)[] {
    const found = new Map<string, DbtNode | DbtSource>();
    const ahead = [...(node.depends_on?.nodes ?? [])];
    for (let id = ahead.shift(); id !== undefined; id = ahead.shift()) {
      const parent = this.manifest.nodes[id] ?? this.manifest.sources?.[id];
      if (parent === undefined || found.has(id)) continue;
      if ("config" in parent && parent.config?.materialized === "ephemeral") {
        ahead.push(...(parent.depends_on?.nodes ?? []));
      } else found.set(id, parent);
    }
    return [...found.values()];
  }

  #name(): string {
    return this.#product.spec.metadata.name;
  }
}

/** A node's or source's table in parts: database, schema, table. */
export function partsOf(resource: DbtNode | DbtSource): string[] {
  const table =
    "source_name" in resource ? (resource.identifier ?? resource.name) : (resource.alias ?? resource.name);
  return [resource.database ?? "", resource.schema ?? "", table];
}

function documented(description: string | undefined): JobFacets {
  return description ? { documentation: createFacet("job", "documentation", PRODUCER, { description }) } : {};
}

function jobType(integration: string, kind: string): JobFacets {
  return {
    jobType: createFacet("job", "jobType", PRODUCER, { processingType: "BATCH", integration, jobType: kind }),
  };
}
