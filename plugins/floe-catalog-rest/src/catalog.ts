import type { Catalog } from "@floe/core";
import {
  dropNamespace,
  listNamespaces,
  loadNamespaceProperties,
  updateNamespaceProperties,
} from "./namespaces.ts";
import type { Session } from "./session.ts";
import { createTable, dropTable, listTables, tableLoader } from "./tables.ts";

/** A session as the catalog that plugins and the host work with. */
export function createCatalog(name: string, session: Session): Catalog {
  return {
    name,
    listNamespaces: (parent) => listNamespaces(session, parent),
    loadNamespaceProperties: (namespace) => loadNamespaceProperties(session, namespace),
    updateNamespaceProperties: (namespace, changes) => updateNamespaceProperties(session, namespace, changes),
    dropNamespace: (namespace) => dropNamespace(session, namespace),
    listTables: (namespace) => listTables(session, namespace),
    loadTable: tableLoader(session),
    createTable: (table, schema, options = {}) => createTable(session, table, schema, options),
    dropTable: (table, { purge = false } = {}) => dropTable(session, table, purge),
  };
}
