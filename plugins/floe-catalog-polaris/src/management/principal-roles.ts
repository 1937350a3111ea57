import { z } from "zod";
import { type ManagementApi, path } from "./api.ts";
import { type Principal, principalSchema, type Role, roleSchema } from "./entities.ts";

/** What principals are to the server; an OAuth scope names one: `PRINCIPAL_ROLE:engineer`. */
export class PrincipalRoles {
  readonly #api: ManagementApi;

  constructor(api: ManagementApi) {
    this.#api = api;
  }

  async list(): Promise<readonly Role[]> {
    const request = { method: "GET", path: "principal-roles" } as const;
    const { roles } = await this.#api.ask(request, { kind: "server", name: "itself" }, rolesSchema);
    return roles;
  }

  /** @throws FloeError `CATALOG.EXISTS`. */
  async create(name: string, properties: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.#api.send(
      { method: "POST", path: "principal-roles", body: { principalRole: { name, properties } } },
      { ...subject(name), conflict: "CATALOG.EXISTS" },
    );
  }

  /** @throws FloeError `CATALOG.NOT_FOUND`. */
  async get(name: string): Promise<Role> {
    return this.#api.ask({ method: "GET", path: path("principal-roles", name) }, subject(name), roleSchema);
  }

  /** @throws FloeError `CATALOG.NOT_FOUND`. */
  async drop(name: string): Promise<void> {
    await this.#api.send({ method: "DELETE", path: path("principal-roles", name) }, subject(name));
  }

  /** Who has it. @throws FloeError `CATALOG.NOT_FOUND`. */
  async principals(name: string): Promise<readonly Principal[]> {
    const { principals } = await this.#api.ask(
      { method: "GET", path: path("principal-roles", name, "principals") },
      subject(name),
      z.object({ principals: z.array(principalSchema) }),
    );
    return principals;
  }

  /** The roles that it has in a catalog. @throws FloeError `CATALOG.NOT_FOUND`. */
  async catalogRoles(name: string, catalog: string): Promise<readonly Role[]> {
    const request = { method: "GET", path: path("principal-roles", name, "catalog-roles", catalog) } as const;
    const { roles } = await this.#api.ask(request, subject(name), rolesSchema);
    return roles;
  }

  /** @throws FloeError `CATALOG.NOT_FOUND` where one of the three isn't there. */
  async assignCatalogRole(name: string, catalog: string, catalogRole: string): Promise<void> {
    await this.#api.send(
      {
        method: "PUT",
        path: path("principal-roles", name, "catalog-roles", catalog),
        body: { catalogRole: { name: catalogRole } },
      },
      subject(name),
    );
  }

  /** @throws FloeError `CATALOG.NOT_FOUND`. */
  async revokeCatalogRole(name: string, catalog: string, catalogRole: string): Promise<void> {
    await this.#api.send(
      { method: "DELETE", path: path("principal-roles", name, "catalog-roles", catalog, catalogRole) },
      subject(name),
    );
  }
}

const rolesSchema = z.object({ roles: z.array(roleSchema) });
const subject = (name: string) => ({ kind: "principal role", name });
