import type { CatalogTable, DatabaseConnection, SchemaField } from "@floe/core";
import type { Product } from "../project/product.ts";
import { isInCatalog, loadCatalogTables } from "./catalog-tables.ts";

/** What is known of a table: its columns in order, and how many rows it has. */
export interface TableFacts {
  columns: readonly SchemaField[];
  rows?: number;
  /** What the catalog says of it, where it is in one. */
  iceberg?: CatalogTable;
}

/** A table's name in parts as one key. */
export function tableKey(parts: readonly string[]): string {
  return parts.join(".").toLowerCase();
}

/**
 * Columns of tables: of those in an Iceberg catalog from there, of the others from the engine. Tables that
 * aren't there aren't in the answer.
 *
 * @throws FloeError `CONNECTION.*`, `CATALOG.*`, `COMPUTE.*`.
 */
export async function inspectTables(
  product: Pick<Product, "plugins" | "computeConfig">,
  connection: DatabaseConnection,
  tables: readonly (readonly string[])[],
): Promise<Map<string, TableFacts>> {
  const { catalog } = product.computeConfig;
  const others = tables.filter((parts) => !isInCatalog(catalog, parts));
  const [inCatalog, inEngine] = await Promise.all([
    loadCatalogTables(product, tables),
    readInformationSchema(connection, others),
  ]);
  return new Map([...inEngine, ...inCatalog]);
}

/** From the standard's information schema: one query, however many tables there are. */
async function readInformationSchema(
  connection: DatabaseConnection,
  tables: readonly (readonly string[])[],
): Promise<Map<string, TableFacts>> {
  const schemas = [...new Set(tables.flatMap((parts) => parts.at(-2) ?? []))];
  const wanted = new Set(tables.map(tableKey));
  const facts = new Map<string, { columns: SchemaField[] }>();
  if (schemas.length === 0) return facts;
  const { rows } = await connection.query(
    "SELECT table_catalog, table_schema, table_name, column_name, data_type, ordinal_position " +
      `FROM information_schema.columns WHERE table_schema IN (${schemas.map(() => "?").join(", ")}) ` +
      "ORDER BY table_catalog, table_schema, table_name, ordinal_position",
    schemas,
  );
  for (const [catalog, schema, table, name, type, position] of rows) {
    const parts = [catalog, schema, table].map(String);
    const key = [tableKey(parts), tableKey(parts.slice(1))].find((one) => wanted.has(one));
    if (key === undefined) continue;
    const known = facts.get(key) ?? { columns: [] };
    facts.set(key, known);
    known.columns.push({ name: String(name), type: String(type), ordinal_position: Number(position) });
  }
  return facts;
}

/** How many rows tables have, in one statement. A count costs an engine that keeps statistics nothing. */
export async function countRows(
  connection: DatabaseConnection,
  tables: readonly (readonly string[])[],
): Promise<Map<string, number>> {
  if (tables.length === 0) return new Map();
  const counts = tables.map(
    (parts, index) => `SELECT ${index} AS i, count(*) AS n FROM ${connection.quoteIdentifier(parts)}`,
  );
  const { rows } = await connection.query(counts.join(" UNION ALL "));
  return new Map(rows.map(([index, count]) => [tableKey(tables[Number(index)] ?? []), Number(count)]));
}
