import { z } from "zod";
import { type ManagementApi, path } from "./api.ts";
import { type Grant, grantSchema, type Role, roleSchema } from "./entities.ts";

/** What may be done within one catalog: roles, and what is granted to them. */
export class CatalogRoles {
  readonly #api: ManagementApi;
  readonly #catalog: string;

  constructor(api: ManagementApi, catalog: string) {
    this.#api = api;
    this.#catalog = catalog;
  }

  /** @throws FloeError `CATALOG.NOT_FOUND` where the catalog isn't there. */
  async list(): Promise<readonly Role[]> {
    const { roles } = await this.#api.ask(
      { method: "GET", path: this.#path() },
      { kind: "catalog", name: this.#catalog },
      z.object({ roles: z.array(roleSchema) }),
    );
    return roles;
  }

  /** @throws FloeError `CATALOG.EXISTS`; `CATALOG.NOT_FOUND` where the catalog isn't there. */
  async create(name: string, properties: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.#api.send(
      { method: "POST", path: this.#path(), body: { catalogRole: { name, properties } } },
      { ...subject(name), conflict: "CATALOG.EXISTS" },
    );
  }

  /** @throws FloeError `CATALOG.NOT_FOUND`. */
  async get(name: string): Promise<Role> {
    return this.#api.ask({ method: "GET", path: this.#path(name) }, subject(name), roleSchema);
  }

  /** Drops the role and its grants. @throws FloeError `CATALOG.NOT_FOUND`. */
  async drop(name: string): Promise<void> {
    await this.#api.send({ method: "DELETE", path: this.#path(name) }, subject(name));
  }

  /** @throws FloeError `CATALOG.NOT_FOUND`. */
  async grants(name: string): Promise<readonly Grant[]> {
    const { grants } = await this.#api.ask(
      { method: "GET", path: this.#path(name, "grants") },
      subject(name),
      z.object({ grants: z.array(grantSchema) }),
    );
    return grants;
  }

  /** @throws FloeError `CATALOG.NOT_FOUND` where the role, or what the grant is on, isn't there. */
  async grant(name: string, grant: Grant): Promise<void> {
    await this.#api.send({ method: "PUT", path: this.#path(name, "grants"), body: { grant } }, subject(name));
  }

  /**
   * @param cascade Whether grants on what is below end too.
   * @throws FloeError `CATALOG.NOT_FOUND`.
   */
  async revoke(name: string, grant: Grant, cascade = false): Promise<void> {
    await this.#api.send(
      {
        method: "POST",
        path: this.#path(name, "grants"),
        query: { cascade: String(cascade) },
        body: { grant },
      },
      subject(name),
    );
  }

  #path(...further: readonly string[]): string {
    return path("catalogs", this.#catalog, "catalog-roles", ...further);
  }
}

const subject = (name: string) => ({ kind: "catalog role", name });
