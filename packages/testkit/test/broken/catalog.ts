import type { Broken } from "../prove.ts";
import { catalogWith, MemoryCatalog } from "../reference/catalog.ts";

const backed = (make: () => MemoryCatalog) => ({ plugin: catalogWith(() => ({}), make) });

export const brokenCatalogs: readonly Broken<"catalog">[] = [
  {
    fault: "creates a namespace twice",
    rule: "catalog.namespaces",
    options: {
      plugin: catalogWith((_base, catalog) => ({
        createNamespace: async (namespace, properties = {}) =>
          void catalog.namespaces.set(namespace, properties),
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
