import type { SecretReference } from "../schemas/secret-reference.ts";
import type { JsonObject, Plugin } from "./plugin.ts";

/** An Iceberg catalog. Entry points: `floe.catalogs`. */
export interface CatalogPlugin extends Plugin {
  /**
   * Connects to the catalog. `config` overrides parts of the plugin's own, such as the warehouse.
   *
   * The specification returns a PyIceberg Catalog, an object that can't cross languages: here it is a
   * {@link Catalog} with the same operations, and {@link CatalogPlugin.getCatalogConfig} carries what a
   * Python process needs to open its own.
   *
   * @throws FloeError `CONNECTION.*`.
   */
  connect(config?: JsonObject): Promise<Catalog>;

  /**
   * Creates a namespace, with its properties in one step. Existing already is `CATALOG.EXISTS`; a missing
   * parent is `CATALOG.NOT_FOUND`, in catalogs that want one.
   *
   * @param namespace As in {@link Catalog}.
   * @throws FloeError `CATALOG.EXISTS`, `CATALOG.*`, `CONNECTION.*`.
   */
  createNamespace(namespace: string, properties?: Readonly<Record<string, string>>): Promise<void>;

  /**
   * Short-lived credentials for one table, no wider than the operations need as far as the catalog can tell
   * them apart. Asked anew at each call; who keeps them minds `expiresAt`.
   *
   * @param tablePath `namespace.table`, as in {@link Catalog}.
   * @param operations Nothing is the same as `read`.
   * @throws FloeError `CATALOG.NOT_FOUND`, `CONNECTION.UNAUTHORIZED`, or `PLUGIN.UNSUPPORTED` where the
   * catalog doesn't vend.
   */
  vendCredentials(tablePath: string, operations: readonly TableOperation[]): Promise<VendedCredentials>;

  /**
   * How other systems (a compute engine, an ingestion tool) reach the same catalog. Pure. Not in the
   * specification, whose plugins take a `CatalogConfig` that nothing there produces.
   */
  getCatalogConfig(): CatalogConfig;
}

export type TableOperation = "read" | "write" | "delete";

export interface VendedCredentials {
  /** FileIO properties by Iceberg's names: `s3.access-key-id`, `gcs.oauth2.token`, `adls.sas-token...`. */
  properties: Readonly<Record<string, string>>;
  /** Location prefix that they are good for: `s3://lake/wh/orders`. */
  prefix: string;
  /** When they end, ISO 8601 in UTC; null where the catalog doesn't say. */
  expiresAt: string | null;
}

/**
 * A connected catalog. Every method can also throw `CATALOG.FORBIDDEN`, `CATALOG.FAILED` and `CONNECTION.*`.
 *
 * Names of namespaces and tables are dotted strings with all their levels, as in `sales.orders`. A level that
 * has a dot or a double quote in it is quoted: see `catalogName` and `catalogNameLevels`. One that isn't so
 * formed, or that the catalog's protocol can't carry, is `CATALOG.INVALID_NAME`.
 */
export interface Catalog {
  readonly name: string;
  /**
   * The namespaces right below `parent`, by their full names; without it those at the top.
   *
   * @throws FloeError `CATALOG.NOT_FOUND` for a parent that isn't there.
   */
  listNamespaces(parent?: string): Promise<readonly string[]>;
  /** @throws FloeError `CATALOG.NOT_FOUND`. */
  loadNamespaceProperties(namespace: string): Promise<Readonly<Record<string, string>>>;
  /**
   * Sets and removes properties, all or none. What isn't named stays; removing what isn't there is fine, a
   * key in both is `CATALOG.FAILED`. Not conditional: of two that write the same key, the later one wins.
   *
   * @throws FloeError `CATALOG.NOT_FOUND`, `CATALOG.CONFLICT`.
   */
  updateNamespaceProperties(namespace: string, changes: NamespacePropertyChanges): Promise<void>;
  /** @throws FloeError `CATALOG.NOT_FOUND`, and `CATALOG.CONFLICT` while it isn't empty. */
  dropNamespace(namespace: string): Promise<void>;
  listTables(namespace: string): Promise<readonly string[]>;
  /** @throws FloeError `CATALOG.NOT_FOUND`. */
  loadTable(table: string): Promise<CatalogTable>;
  /** @throws FloeError `CATALOG.EXISTS`; `CATALOG.NOT_FOUND` where the namespace isn't there. */
  createTable(table: string, schema: IcebergSchema, options?: CreateTableOptions): Promise<CatalogTable>;
  /** Drops the table; with `purge` also its files, at once or later. @throws FloeError `CATALOG.NOT_FOUND`. */
  dropTable(table: string, options?: { purge?: boolean }): Promise<void>;
}

export interface NamespacePropertyChanges {
  set?: Readonly<Record<string, string>>;
  remove?: readonly string[];
}

export interface CatalogTable {
  name: string;
  /** The table's UUID: stays the same over its life. */
  uuid: string;
  location: string;
  formatVersion: number;
  schema: IcebergSchema;
  properties: Readonly<Record<string, string>>;
  /** Null for a table that nothing was written to. Snapshot ids pass 2^53: a string of digits. */
  currentSnapshotId: string | null;
}

/** @see https://iceberg.apache.org/spec/#schemas-and-data-types for the spelling of types. */
export interface IcebergSchema {
  fields: readonly IcebergField[];
  /** Ids of the fields that identify a row. Needs fields with ids. */
  identifierFieldIds?: readonly number[];
}

export interface IcebergField {
  /** Given by the catalog. For a new table all fields have one, or none; the catalog may renumber them. */
  id?: number;
  name: string;
  /** A primitive's name (`long`, `decimal(38, 0)`, `timestamptz`) or a nested type in Iceberg's JSON. */
  type: string | JsonObject;
  required: boolean;
  doc?: string;
}

export interface CreateTableOptions {
  location?: string;
  properties?: Readonly<Record<string, string>>;
}

/** How to reach an Iceberg catalog. Secrets are references, never values. */
export interface CatalogConfig {
  /** Name under which engines attach it: `lake`. A SQL identifier. */
  name: string;
  /** The REST catalog's base URL. */
  uri: string;
  /** The warehouse, by the name or location that the catalog knows. */
  warehouse: string;
  authorization: CatalogAuthorization;
  /** Further client properties by Iceberg's names. No secrets. */
  properties?: Readonly<Record<string, string>>;
}

export type CatalogAuthorization =
  | { type: "none" }
  | { type: "bearer"; token: SecretReference }
  | {
      type: "oauth2";
      clientId: SecretReference;
      clientSecret: SecretReference;
      /** The token endpoint; default: `v1/oauth/tokens` below the catalog's base URL. */
      serverUri?: string;
      scope?: string;
    }
  | { type: "sigv4"; region: string; service: string };
