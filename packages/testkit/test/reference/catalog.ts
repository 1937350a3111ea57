import { randomUUID } from "node:crypto";
import {
  type Catalog,
  type CatalogTable,
  catalogName,
  catalogNameLevels,
  definePlugin,
  type ErrorCode,
  FloeError,
  type NamespacePropertyChanges,
  type PluginContext,
  type PluginImplementation,
} from "@floe/core";
import { type GateConfig, gateSchema, pass, TOKEN } from "./server-gate.ts";

export type CatalogImplementation = PluginImplementation<"catalog">;

const fail = (code: ErrorCode, what: string): never => {
  throw new FloeError(code, `${what}: no.`, { next: ["Look what is there."] });
};

/** The name, unless it isn't one. */
const valid = (name: string): string => catalogName(catalogNameLevels(name));

const parentOf = (name: string): string => catalogName(catalogNameLevels(name).slice(0, -1));

export class MemoryCatalog implements Catalog {
  readonly name = "lake";
  readonly namespaces = new Map<string, Readonly<Record<string, string>>>();
  readonly tables = new Map<string, CatalogTable>();

  async listNamespaces(parent = ""): Promise<string[]> {
    return [...this.namespaces.keys()].filter((name) => parentOf(name) === parent);
  }
  async loadNamespaceProperties(namespace: string): Promise<Readonly<Record<string, string>>> {
    return this.namespaces.get(valid(namespace)) ?? fail("CATALOG.NOT_FOUND", namespace);
  }
  async updateNamespaceProperties(
    namespace: string,
    { set = {}, remove = [] }: NamespacePropertyChanges,
  ): Promise<void> {
    const both = remove.find((key) => key in set);
    if (both !== undefined) fail("CATALOG.FAILED", both);
    const kept = Object.entries(await this.loadNamespaceProperties(namespace));
    const left = kept.filter(([key]) => !remove.includes(key));
    this.namespaces.set(namespace, { ...Object.fromEntries(left), ...set });
  }
  async dropNamespace(namespace: string): Promise<void> {
    if (!this.namespaces.has(namespace)) fail("CATALOG.NOT_FOUND", namespace);
    const inside = [...(await this.listTables(namespace)), ...(await this.listNamespaces(namespace))];
    if (inside.length > 0) fail("CATALOG.CONFLICT", namespace);
    this.namespaces.delete(namespace);
  }
  async listTables(namespace: string): Promise<string[]> {
    return [...this.tables.keys()].filter((name) => parentOf(name) === namespace);
  }
  async loadTable(table: string): Promise<CatalogTable> {
    return this.tables.get(valid(table)) ?? fail("CATALOG.NOT_FOUND", table);
  }
  async createTable(table: string, schema: CatalogTable["schema"]): Promise<CatalogTable> {
    if (!this.namespaces.has(parentOf(valid(table)))) fail("CATALOG.NOT_FOUND", table);
    if (this.tables.has(table)) fail("CATALOG.EXISTS", table);
    const location = `mem://lake/${table.replaceAll(".", "/")}`;
    const made = {
      name: table,
      uuid: randomUUID(),
      location,
      formatVersion: 2,
      schema,
      properties: {},
      currentSnapshotId: null,
    };
    this.tables.set(table, made);
    return made;
  }
  async dropTable(table: string): Promise<void> {
    if (!this.tables.delete(table)) fail("CATALOG.NOT_FOUND", table);
  }
}

function createCatalog(
  config: GateConfig,
  context: PluginContext,
  catalog: MemoryCatalog,
): CatalogImplementation {
  return {
    async connect() {
      await pass(config, context);
      return catalog;
    },
    async createNamespace(namespace, properties = {}) {
      await pass(config, context);
      if (catalog.namespaces.has(valid(namespace))) fail("CATALOG.EXISTS", namespace);
      catalog.namespaces.set(namespace, properties);
    },
    async vendCredentials(table) {
      const { location } = await catalog.loadTable(table);
      const expiresAt = new Date(Date.now() + 60_000).toISOString();
      return { properties: { "s3.session-name": "sample" }, prefix: location, expiresAt };
    },
    getCatalogConfig: () => ({
      name: "lake",
      uri: "http://catalog:8181",
      warehouse: "wh",
      authorization: { type: "bearer", token: { ...TOKEN } },
    }),
  };
}

/** The reference with parts of it replaced. */
export const catalogWith = (
  change: (base: CatalogImplementation, catalog: MemoryCatalog) => Partial<CatalogImplementation>,
  make: () => MemoryCatalog = () => new MemoryCatalog(),
) =>
  definePlugin({
    kind: "catalog",
    name: "sample",
    configSchema: gateSchema,
    create: (config, context) => {
      const catalog = make();
      const base = createCatalog(config, context, catalog);
      return { ...base, ...change(base, catalog) };
    },
  });
