import { z } from "zod";
import { type ManagementApi, path } from "./api.ts";
import { type Changes, catalogSchema, type NewCatalog, type PolarisCatalog } from "./entities.ts";

/** The server's catalogs: what `warehouse` names. */
export class Catalogs {
  readonly #api: ManagementApi;

  constructor(api: ManagementApi) {
    this.#api = api;
  }

  async list(): Promise<readonly PolarisCatalog[]> {
    const { catalogs } = await this.#api.ask(
      { method: "GET", path: "catalogs" },
      { kind: "server", name: "itself" },
      z.object({ catalogs: z.array(catalogSchema) }),
    );
    return catalogs;
  }

  /** @throws FloeError `CATALOG.EXISTS`. */
  async create({
    name,
    type = "INTERNAL",
    defaultBaseLocation,
    properties = {},
    storage,
  }: NewCatalog): Promise<PolarisCatalog> {
    return this.#api.ask(
      {
        method: "POST",
        path: "catalogs",
        body: {
          catalog: {
            name,
            type,
            properties: { ...properties, "default-base-location": defaultBaseLocation },
            storageConfigInfo: storage,
          },
        },
      },
      { kind: "catalog", name, conflict: "CATALOG.EXISTS" },
      catalogSchema,
    );
  }

  /** @throws FloeError `CATALOG.NOT_FOUND`. */
  async get(name: string): Promise<PolarisCatalog> {
    return this.#api.ask(
      { method: "GET", path: path("catalogs", name) },
      { kind: "catalog", name },
      catalogSchema,
    );
  }

  /** @throws FloeError `CATALOG.NOT_FOUND`; `CATALOG.CONFLICT` where it has changed since. */
  async update(name: string, { entityVersion, properties }: Changes): Promise<PolarisCatalog> {
    return this.#api.ask(
      {
        method: "PUT",
        path: path("catalogs", name),
        body: { currentEntityVersion: entityVersion, properties },
      },
      { kind: "catalog", name },
      catalogSchema,
    );
  }

  /** Drops a catalog in which nothing is. @throws FloeError `CATALOG.NOT_FOUND`, `CATALOG.FAILED`. */
  async drop(name: string): Promise<void> {
    await this.#api.send({ method: "DELETE", path: path("catalogs", name) }, { kind: "catalog", name });
  }
}
