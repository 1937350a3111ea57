import {
  type CatalogTable,
  type CreateTableOptions,
  catalogName,
  catalogNameLevels,
  type IcebergSchema,
} from "@floe/core";
import { z } from "zod";
import { withFieldIds } from "./field-ids.ts";
import { allPages, nextPage } from "./pages.ts";
import type { Session } from "./session.ts";
import { type LoadedTable, loadedTableSchema, tableOf } from "./table-metadata.ts";

const identifiers = z.object({
  identifiers: z.array(z.object({ namespace: z.array(z.string()), name: z.string() })),
  ...nextPage,
});

export async function listTables(session: Session, namespace: string): Promise<string[]> {
  const pages = await allPages(session, {
    path: `${session.namespacePath(namespace)}/tables`,
    subject: { kind: "namespace", name: namespace },
    schema: identifiers,
  });
  return pages.flatMap((page) =>
    page.identifiers.map(({ namespace: levels, name }) => catalogName([...levels, name])),
  );
}

/**
 * What the catalog has of a table, without its past snapshots: those that are referred to are enough here,
 * and a table that is written to every minute has thousands of others.
 */
export async function loadTable(
  session: Session,
  table: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<LoadedTable> {
  return session.ask(
    { method: "GET", path: session.tablePath(table), query: { snapshots: "refs" }, headers },
    { kind: "table", name: table },
    loadedTableSchema,
  );
}

export async function createTable(
  session: Session,
  table: string,
  schema: IcebergSchema,
  { location, properties = {} }: CreateTableOptions,
): Promise<CatalogTable> {
  const path = session.tablePath(table);
  const { fields, identifierFieldIds } = withFieldIds(schema, table);
  const made = await session.ask(
    {
      method: "POST",
      path: path.slice(0, path.lastIndexOf("/")),
      body: {
        name: catalogNameLevels(table).at(-1),
        ...(location === undefined ? {} : { location }),
        schema: { type: "struct", "schema-id": 0, "identifier-field-ids": identifierFieldIds, fields },
        // By the specification they may be left out; not every server agrees.
        "partition-spec": { "spec-id": 0, fields: [] },
        "write-order": { "order-id": 0, fields: [] },
        "stage-create": false,
        properties,
      },
    },
    { kind: "table", name: table, conflict: "CATALOG.EXISTS" },
    loadedTableSchema,
  );
  return tableOf(table, made.metadata);
}

export async function dropTable(session: Session, table: string, purge: boolean): Promise<void> {
  await session.send(
    { method: "DELETE", path: session.tablePath(table), query: { purgeRequested: String(purge) } },
    { kind: "table", name: table },
  );
}
