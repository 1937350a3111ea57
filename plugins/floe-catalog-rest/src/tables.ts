import {
  type CatalogTable,
  type CreateTableOptions,
  catalogName,
  catalogNameLevels,
  type IcebergSchema,
} from "@floe/core";
import { z } from "zod";
import { withFieldIds } from "./field-ids.ts";
import type { HttpRequest } from "./http-client.ts";
import { allPages, nextPage } from "./pages.ts";
import type { Session } from "./session.ts";
import { type LoadedTable, loadedTableSchema, tableOf } from "./table-metadata.ts";

/** Tables of which a catalog remembers what they were. */
const MOST_KNOWN = 1000;

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
  return session.ask(loading(session, table, headers), { kind: "table", name: table }, loadedTableSchema);
}

function loading(session: Session, table: string, headers: Readonly<Record<string, string>>): HttpRequest {
  return { method: "GET", path: session.tablePath(table), query: { snapshots: "refs" }, headers };
}

/**
 * Loads tables, and remembers what they were: a server that names the states of a table (`ETag`) is asked only
 * whether it has another. Nothing of a credential is kept.
 */
export function tableLoader(session: Session): (table: string) => Promise<CatalogTable> {
  const known = new Map<string, { etag: string; table: CatalogTable }>();
  return async (name) => {
    const before = known.get(name);
    const request = loading(session, name, before === undefined ? {} : { "if-none-match": before.etag });
    const subject = { kind: "table", name } as const;
    const answer = await session.send(request, subject);
    if (answer.status === 304 && before !== undefined) return structuredClone(before.table);
    const table = tableOf(name, session.read(request, answer, subject, loadedTableSchema).metadata);
    known.delete(name);
    if (answer.etag !== undefined) {
      // The one that was read longest ago goes.
      const [oldest] = known.size < MOST_KNOWN ? [] : known.keys();
      if (oldest !== undefined) known.delete(oldest);
      known.set(name, { etag: answer.etag, table: structuredClone(table) });
    }
    return table;
  };
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
