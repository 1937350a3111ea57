import type { CatalogConfig, DbtManifest, MaintenancePolicy, TableParts } from "@floe/core";
import { isInCatalog } from "../lineage/catalog-tables.ts";
import { partsOf } from "../lineage/product-jobs.ts";
import type { Product } from "../project/product.ts";

/** Snapshots that stay where governance doesn't say. */
const USUAL_SNAPSHOTS = 10;
/** Hours that snapshots stay where governance doesn't say: five days, as Iceberg's own default. */
const USUAL_HOURS = 120;

const STORED = new Set(["model", "seed", "snapshot"]);

type Table = Omit<TableParts, "database">;

/** The product's tables in the catalog: what dbt builds and what ingestion loads. */
export function maintainedTables(product: Product, manifest: DbtManifest): Table[] {
  return [...builtTables(product, manifest), ...loadedTables(product, manifest)];
}

/** What dbt builds in the catalog. */
export function builtTables({ computeConfig }: Product, { nodes }: DbtManifest): Table[] {
  const built = Object.values(nodes).filter(
    ({ resource_type, config }) => STORED.has(resource_type) && config?.materialized !== "ephemeral",
  );
  return inCatalog(built.map(partsOf), computeConfig.catalog);
}

/** What ingestion loads into the catalog, as far as dbt has it among its sources. */
export function loadedTables({ spec, computeConfig }: Product, { sources = {} }: DbtManifest): Table[] {
  const loaded = (spec.ingestion?.sources ?? []).map(({ destinationTable }) => destinationTable.split("."));
  const declared = Object.values(sources)
    .map(partsOf)
    .filter((parts) => loaded.some((one) => one.join(".") === parts.slice(-one.length).join(".")));
  return inCatalog(declared, computeConfig.catalog);
}

function inCatalog(tables: readonly (readonly string[])[], catalog: CatalogConfig | undefined): Table[] {
  return tables
    .filter((parts) => isInCatalog(catalog, parts))
    .map((parts) => ({ schema: parts.at(-2) ?? "", table: parts.at(-1) ?? "" }));
}

/** What the platform's governance says of snapshots. */
export function maintenancePolicy({ manifest }: Product, automatic: boolean): MaintenancePolicy {
  const { snapshot_keep_last, default_ttl_hours } = manifest.governance ?? {};
  return {
    keepSnapshots: snapshot_keep_last ?? USUAL_SNAPSHOTS,
    maxSnapshotAgeHours: default_ttl_hours ?? USUAL_HOURS,
    automatic,
  };
}
