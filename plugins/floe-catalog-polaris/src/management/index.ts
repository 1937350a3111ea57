import { type CatalogPlugin, FloeError } from "@floe/core";
import type { HttpClient } from "floe-catalog-rest/rest-catalog";
import { ManagementApi } from "./api.ts";
import { CatalogRoles } from "./catalog-roles.ts";
import { Catalogs } from "./catalogs.ts";
import { PrincipalRoles } from "./principal-roles.ts";
import { Principals } from "./principals.ts";

export type { CatalogRoles } from "./catalog-roles.ts";
export type { Catalogs } from "./catalogs.ts";
export type {
  Changes,
  Grant,
  NewCatalog,
  PolarisCatalog,
  Principal,
  PrincipalWithCredentials,
  Role,
  StorageConfig,
} from "./entities.ts";
export type { PrincipalRoles } from "./principal-roles.ts";
export type { Principals } from "./principals.ts";

/**
 * Polaris' management API: who there is, and who may do what where. Every method can throw `CATALOG.FORBIDDEN`,
 * `CATALOG.FAILED`, `CATALOG.INVALID_NAME` and `CONNECTION.*`.
 *
 * @see https://github.com/apache/polaris/blob/main/spec/polaris-management-service.yml
 */
export class PolarisManagement {
  readonly catalogs: Catalogs;
  readonly principals: Principals;
  readonly principalRoles: PrincipalRoles;
  /** The roles within a catalog. */
  readonly catalogRoles: (catalog: string) => CatalogRoles;

  /** @param client To the management API's base URL. */
  constructor(client: HttpClient) {
    const api = new ManagementApi(client);
    this.catalogs = new Catalogs(api);
    this.principals = new Principals(api);
    this.principalRoles = new PrincipalRoles(api);
    this.catalogRoles = (catalog) => new CatalogRoles(api, catalog);
  }
}

/**
 * The management API behind a catalog plugin that the host made.
 *
 * @throws FloeError `PLUGIN.UNSUPPORTED` for another catalog's plugin, `PLUGIN.INVALID_CONFIG` where the API's
 * address isn't known.
 */
export function managementOf(plugin: CatalogPlugin): PolarisManagement {
  const { management } = plugin as CatalogPlugin & { management?: PolarisManagement };
  if (management !== undefined) return management;
  throw new FloeError("PLUGIN.UNSUPPORTED", `The catalog plugin ${plugin.name} has no management API.`, {
    next: ["Set plugins.catalog.type to polaris."],
  });
}
