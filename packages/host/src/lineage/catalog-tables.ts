import {
  type Catalog,
  type CatalogConfig,
  type CatalogTable,
  catalogName,
  createFacet,
  type Dataset,
  type DatasetFacets,
  type IcebergField,
  icebergDataset,
  isFloeError,
  locationDataset,
  type SchemaField,
} from "@floe/core";
import type { Product } from "../project/product.ts";
import { type TableFacts, tableKey } from "./inspect-tables.ts";
import { PRODUCER } from "./recorder.ts";

/** Requests that the catalog gets at a time. */
const AT_ONCE = 8;

/**
 * What the Iceberg catalog knows of tables, by their keys. Engines list an attached catalog's tables without
 * their columns, as long as nobody has read them; so the catalog itself is asked.
 *
 * @param tables In parts; those of other databases, and those that aren't there, aren't in the answer.
 * @throws FloeError `CONNECTION.*`, `CATALOG.*`.
 */
export async function loadCatalogTables(
  { plugins, computeConfig }: Pick<Product, "plugins" | "computeConfig">,
  tables: readonly (readonly string[])[],
): Promise<Map<string, TableFacts>> {
  const config = computeConfig.catalog;
  const plugin = plugins.get("catalog");
  const own = new Map(
    tables.filter((parts) => isInCatalog(config, parts)).map((parts) => [tableKey(parts), parts]),
  );
  const found = new Map<string, TableFacts>();
  if (plugin === undefined || own.size === 0) return found;
  const catalog = await plugin.connect();
  const ahead = own.entries();
  const next = async (): Promise<void> => {
    for (const [key, parts] of ahead) {
      const table = await loadTable(catalog, parts);
      if (table === undefined) continue;
      found.set(key, { columns: table.schema.fields.map(schemaField), iceberg: table });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return found;
}

/** Whether a table, by its parts, is in the catalog. Without a database in its name, it is as well. */
export function isInCatalog(config: CatalogConfig | undefined, parts: readonly string[]): boolean {
  const database = parts.at(-3);
  return (
    config !== undefined && (database === undefined || database.toLowerCase() === config.name.toLowerCase())
  );
}

async function loadTable(catalog: Catalog, parts: readonly string[]): Promise<CatalogTable | undefined> {
  try {
    return await catalog.loadTable(catalogName(parts.slice(-2)));
  } catch (error) {
    if (isFloeError(error) && error.code === "CATALOG.NOT_FOUND") return undefined;
    throw error;
  }
}

function schemaField({ name, type, doc }: IcebergField, index: number): SchemaField {
  return {
    name,
    type: typeof type === "string" ? type : String(type.type),
    ordinal_position: index + 1,
    ...(doc === undefined ? {} : { description: doc }),
  };
}

/**
 * An Iceberg table as OpenLineage names it: by where its files are, as its Spark integration does, so that two
 * engines' events meet; with its name in the catalog beside it, and the snapshot that was read or written.
 */
export function icebergTableDataset(
  catalog: CatalogConfig,
  catalogType: string,
  { location, currentSnapshotId }: CatalogTable,
  parts: readonly string[],
): Dataset {
  const [table = "", schema = ""] = [...parts].reverse();
  const symlink = {
    ...icebergDataset(catalog.uri, { database: catalog.name, schema, table }),
    type: "TABLE",
  };
  return {
    ...locationDataset(location),
    facets: {
      symlinks: createFacet("dataset", "symlinks", PRODUCER, { identifiers: [symlink] }),
      ...catalogFacets(catalog, catalogType),
      ...(currentSnapshotId === null
        ? {}
        : { version: createFacet("dataset", "version", PRODUCER, { datasetVersion: currentSnapshotId }) }),
    },
  };
}

/** What is said of all tables of a catalog alike. */
export function catalogFacets(
  { name, uri, warehouse }: CatalogConfig,
  type: string,
): Pick<DatasetFacets, "catalog" | "storage"> {
  return {
    catalog: createFacet("dataset", "catalog", PRODUCER, {
      framework: "iceberg",
      type,
      name,
      metadataUri: uri,
      warehouseUri: warehouse,
      source: "floe",
    }),
    storage: createFacet("dataset", "storage", PRODUCER, {
      storageLayer: "iceberg",
      fileFormat: "parquet",
    }),
  };
}
