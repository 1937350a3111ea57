import { z } from "zod";
import { type ManagementApi, path } from "./api.ts";
import {
  type Changes,
  credentialsSchema,
  type Principal,
  type PrincipalWithCredentials,
  principalSchema,
  type Role,
  roleSchema,
} from "./entities.ts";

/** Who may log in. */
export class Principals {
  readonly #api: ManagementApi;

  constructor(api: ManagementApi) {
    this.#api = api;
  }

  async list(): Promise<readonly Principal[]> {
    const { principals } = await this.#api.ask(
      { method: "GET", path: "principals" },
      { kind: "server", name: "itself" },
      z.object({ principals: z.array(principalSchema) }),
    );
    return principals;
  }

  /**
   * @param options.rotationRequired Whether its first secret is good only for getting another.
   * @throws FloeError `CATALOG.EXISTS`.
   */
  async create(
    name: string,
    {
      properties = {},
      rotationRequired = false,
    }: { properties?: Readonly<Record<string, string>>; rotationRequired?: boolean } = {},
  ): Promise<PrincipalWithCredentials> {
    return this.#api.ask(
      {
        method: "POST",
        path: "principals",
        body: { principal: { name, properties }, credentialRotationRequired: rotationRequired },
      },
      { kind: "principal", name, conflict: "CATALOG.EXISTS" },
      credentialsSchema,
    );
  }

  /** @throws FloeError `CATALOG.NOT_FOUND`. */
  async get(name: string): Promise<Principal> {
    return this.#api.ask({ method: "GET", path: path("principals", name) }, subject(name), principalSchema);
  }

  /** @throws FloeError `CATALOG.NOT_FOUND`; `CATALOG.CONFLICT` where it has changed since. */
  async update(name: string, { entityVersion, properties }: Changes): Promise<Principal> {
    return this.#api.ask(
      {
        method: "PUT",
        path: path("principals", name),
        body: { currentEntityVersion: entityVersion, properties },
      },
      subject(name),
      principalSchema,
    );
  }

  /** @throws FloeError `CATALOG.NOT_FOUND`. */
  async drop(name: string): Promise<void> {
    await this.#api.send({ method: "DELETE", path: path("principals", name) }, subject(name));
  }

  /** Gives a principal another secret; the one before it ends. @throws FloeError `CATALOG.NOT_FOUND`. */
  async rotateCredentials(name: string): Promise<PrincipalWithCredentials> {
    const request = { method: "POST", path: path("principals", name, "rotate") } as const;
    return this.#api.ask(request, subject(name), credentialsSchema);
  }

  /** Gives a principal whose secret is lost another, as an administrator. @throws FloeError `CATALOG.NOT_FOUND`. */
  async resetCredentials(name: string): Promise<PrincipalWithCredentials> {
    const request = { method: "POST", path: path("principals", name, "reset"), body: {} } as const;
    return this.#api.ask(request, subject(name), credentialsSchema);
  }

  /** The principal roles that it has. @throws FloeError `CATALOG.NOT_FOUND`. */
  async roles(name: string): Promise<readonly Role[]> {
    const { roles } = await this.#api.ask(
      { method: "GET", path: path("principals", name, "principal-roles") },
      subject(name),
      z.object({ roles: z.array(roleSchema) }),
    );
    return roles;
  }

  /** @throws FloeError `CATALOG.NOT_FOUND` where the principal or the role isn't there. */
  async assignRole(name: string, principalRole: string): Promise<void> {
    await this.#api.send(
      {
        method: "PUT",
        path: path("principals", name, "principal-roles"),
        body: { principalRole: { name: principalRole } },
      },
      subject(name),
    );
  }

  /** @throws FloeError `CATALOG.NOT_FOUND`. */
  async revokeRole(name: string, principalRole: string): Promise<void> {
    await this.#api.send(
      { method: "DELETE", path: path("principals", name, "principal-roles", principalRole) },
      subject(name),
    );
  }
}

const subject = (name: string) => ({ kind: "principal", name });
