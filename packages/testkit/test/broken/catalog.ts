import type { CatalogTable, NamespacePropertyChanges } from "@floe/core";
import type { Broken } from "../prove.ts";
import { catalogWith, MemoryCatalog } from "../reference/catalog.ts";

const backed = (make: () => MemoryCatalog) => ({ plugin: catalogWith(() => ({}), make) });

export const brokenCatalogs: readonly Broken<"catalog">[] = [
  {
    fault: "creates a namespace twice",
    rule: "catalog.namespaces",
    options: {
      plugin: catalogWith((base, catalog) => ({
        createNamespace: async (namespace, properties = {}) => {
          catalog.namespaces.delete(namespace);
          await base.createNamespace(namespace, properties);
        },
      })),
    },
  },
  {
    fault: "drops what isn't there",
    rule: "catalog.namespaces",
    options: backed(
      () =>
        new (class extends MemoryCatalog {
          override async dropNamespace(namespace: string) {
            if (this.namespaces.has(namespace)) await super.dropNamespace(namespace);
          }
        })(),
    ),
  },
  {
    fault: "lists tables by their short names",
    rule: "catalog.tables",
    also: ["catalog.lists", "catalog.names", "catalog.nested-namespaces"],
    options: backed(
      () =>
        new (class extends MemoryCatalog {
          override async listTables(namespace: string) {
            return (await super.listTables(namespace)).map((name) => name.slice(namespace.length + 1));
          }
        })(),
    ),
  },
  {
    fault: "gives a table a new UUID each time",
    rule: "catalog.tables",
    also: ["catalog.names"],
    options: backed(
      () =>
        new (class extends MemoryCatalog {
          override async loadTable(table: string) {
            return { ...(await super.loadTable(table)), uuid: crypto.randomUUID() };
          }
        })(),
    ),
  },
  {
    fault: "replaces all properties where one is set",
    rule: "catalog.namespace-properties",
    options: backed(
      () =>
        new (class extends MemoryCatalog {
          override async updateNamespaceProperties(namespace: string, changes: NamespacePropertyChanges) {
            await super.updateNamespaceProperties(namespace, changes);
            this.namespaces.set(namespace, changes.set ?? {});
          }
        })(),
    ),
  },
  {
    fault: "stops after the first page of a list",
    rule: "catalog.lists",
    options: backed(
      () =>
        new (class extends MemoryCatalog {
          override async listTables(namespace: string) {
            return (await super.listTables(namespace)).slice(0, 10);
          }
        })(),
    ),
  },
  {
    fault: "lists namespaces within others as if they were at the top",
    rule: "catalog.nested-namespaces",
    options: backed(
      () =>
        new (class extends MemoryCatalog {
          override async listNamespaces(parent = "") {
            return parent === "" ? [...this.namespaces.keys()] : super.listNamespaces(parent);
          }
        })(),
    ),
  },
  {
    fault: "splits names at every dot",
    rule: "catalog.names",
    options: backed(
      () =>
        new (class extends MemoryCatalog {
          override async createTable(table: string, schema: CatalogTable["schema"]) {
            const parent = table.slice(0, table.lastIndexOf("."));
            if (!this.namespaces.has(parent)) await super.loadNamespaceProperties(`${parent}.gone`);
            return super.createTable(table, schema);
          }
        })(),
    ),
  },
  {
    fault: "lets everyone win a race",
    rule: "catalog.racing",
    options: backed(
      () =>
        new (class extends MemoryCatalog {
          override async createTable(table: string, schema: CatalogTable["schema"]) {
            const known = this.tables.get(table);
            await new Promise((resolve) => setTimeout(resolve, 20));
            if (known === undefined) this.tables.delete(table);
            return super.createTable(table, schema);
          }
        })(),
    ),
  },
  {
    fault: "vends for a wider prefix that isn't the table's",
    rule: "catalog.vending",
    options: {
      plugin: catalogWith((base) => ({
        vendCredentials: async (table, operations) => ({
          ...(await base.vendCredentials(table, operations)),
          prefix: "mem://other",
        }),
      })),
    },
  },
  {
    fault: "vends credentials that have ended",
    rule: "catalog.vending",
    options: {
      plugin: catalogWith((base) => ({
        vendCredentials: async (table, operations) => ({
          ...(await base.vendCredentials(table, operations)),
          expiresAt: "2020-01-01T00:00:00Z",
        }),
      })),
    },
  },
  {
    fault: "has a name that can't stand in SQL",
    rule: "catalog.config",
    options: {
      plugin: catalogWith((base) => ({
        getCatalogConfig: () => ({ ...base.getCatalogConfig(), name: "my-lake" }),
      })),
    },
  },
  {
    fault: "writes its token into the properties",
    rule: "catalog.config",
    options: {
      plugin: catalogWith((base) => ({
        getCatalogConfig: () => ({ ...base.getCatalogConfig(), properties: { token: "plain" } }),
      })),
    },
  },
];
