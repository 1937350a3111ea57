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
   * Creates a namespace. Levels are separated by dots. Existing already is `CATALOG.EXISTS`.
   *
   * @throws FloeError `CATALOG.EXISTS`, `CATALOG.FAILED`, `CONNECTION.*`.
   */
  createNamespace(namespace: string, properties?: Readonly<Record<string, string>>): Promise<void>;

  /**
   * Short-lived credentials for one table, no wider than the operations need.
   *
   * @param tablePath `namespace.table`, dots between all levels.
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

/** A connected catalog. Names: namespaces and tables are dotted strings, as in `sales.orders`. */
export interface Catalog {
  readonly name: string;
  listNamespaces(parent?: string): Promise<readonly string[]>;
  /** @throws FloeError `CATALOG.NOT_FOUND`. */
  loadNamespaceProperties(namespace: string): Promise<Readonly<Record<string, string>>>;
  /** @throws FloeError `CATALOG.NOT_FOUND`, and `CATALOG.CONFLICT` while it isn't empty. */
  dropNamespace(namespace: string): Promise<void>;
  listTables(namespace: string): Promise<readonly string[]>;
  /** @throws FloeError `CATALOG.NOT_FOUND`. */
  loadTable(table: string): Promise<CatalogTable>;
  /** @throws FloeError `CATALOG.EXISTS`; `CATALOG.NOT_FOUND` where the namespace isn't there. */
  createTable(table: string, schema: IcebergSchema, options?: CreateTableOptions): Promise<CatalogTable>;
  /** Drops the table; with `purge` also its files. @throws FloeError `CATALOG.NOT_FOUND`. */
  dropTable(table: string, options?: { purge?: boolean }): Promise<void>;
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
  /** Ids of the fields that identify a row. */
  identifierFieldIds?: readonly number[];
}

export interface IcebergField {
  /** Assigned by the catalog when a table is created; left out there. */
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
