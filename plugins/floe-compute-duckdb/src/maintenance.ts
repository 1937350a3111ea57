import { join } from "node:path";
import {
  type CatalogConfig,
  type ComputeConfig,
  catalogSecrets,
  type DatabaseConnection,
  FloeError,
  type MaintenancePolicy,
  type PluginContext,
  pyicebergCatalogProperties,
  type TableMaintenance,
} from "@floe/core";
import { filled } from "./placeholders.ts";

type Table = Readonly<{ schema: string; table: string }>;

/**
 * Has tables rewritten and snapshots expired by PyIceberg: DuckDB 1.5 has no means for either.
 *
 * @throws FloeError `PYTHON.*`, `SECRET.*`, `CONNECTION.*`.
 */
export async function maintainTables(
  context: PluginContext,
  { catalog, storageProperties }: Pick<ComputeConfig, "storageProperties"> & { catalog: CatalogConfig },
  tables: readonly Table[],
  { keepSnapshots, maxSnapshotAgeHours }: MaintenancePolicy,
): Promise<TableMaintenance[]> {
  const values = new Map<string, string>();
  for (const reference of catalogSecrets(catalog)) {
    values.set(JSON.stringify(reference), await context.secrets.resolve(reference));
  }
  const storage = await Promise.all(
    Object.entries(storageProperties ?? {}).map(async ([key, text]) => [
      key,
      await filled(text, (reference) => context.secrets.resolve(reference)),
    ]),
  );
  const properties = {
    // How files are reached, unless the catalog says so itself.
    ...Object.fromEntries(storage),
    ...pyicebergCatalogProperties(catalog, (reference) => values.get(JSON.stringify(reference)) ?? ""),
  };
  const folder = join(context.plugin.packageDir, "python");
  const worker = await context.python.startWorker({
    requirements: join(folder, "requirements.txt"),
    moduleDir: folder,
    module: "floe_compute_duckdb.worker",
    env: { FLOE_CATALOG_NAME: catalog.name, FLOE_CATALOG_PROPERTIES: JSON.stringify(properties) },
  });
  try {
    const outcomes = await worker.call<(Omit<TableMaintenance, "message"> & { message: string | null })[]>(
      "maintain",
      { tables, policy: { keepSnapshots, maxSnapshotAgeHours } },
    );
    return outcomes.map(({ message, ...outcome }) => ({
      ...outcome,
      ...(message === null ? {} : { message }),
    }));
  } finally {
    await worker.close();
  }
}

/** The tables that so many commits or more have taken rows out of since they were last rewritten. */
export async function tablesWithDeletes(
  connection: DatabaseConnection,
  catalog: CatalogConfig,
  tables: readonly Table[],
  atLeast: number,
): Promise<Table[]> {
  const found: Table[] = [];
  for (const one of tables) {
    const name = connection.quoteIdentifier([catalog.name, one.schema, one.table]);
    try {
      const { rows } = await connection.query(
        `SELECT count(DISTINCT manifest_sequence_number) FROM iceberg_metadata(${name}) WHERE manifest_content = 'DELETE' AND status <> 'DELETED'`,
      );
      if (Number(rows[0]?.[0]) >= atLeast) found.push(one);
    } catch (error) {
      // One that isn't there, or not to be read, needs nothing.
      if (!(error instanceof FloeError)) throw error;
    }
  }
  return found;
}
