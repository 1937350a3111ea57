import { type Answer, exists, forbidden, notFound, Refusal } from "./answer.ts";
import { bodyOf } from "./requests.ts";
import { type Catalog, type Entity, newEntity, newSecret, type Principal, type Realm } from "./state.ts";

/** A request to the management API, its path below `api/management/v1` taken apart. */
export interface ManagementRequest {
  method: string;
  segments: string[];
  body: unknown;
  realm: Realm;
  /** Who asks. */
  principal: Principal;
  admin: boolean;
  /** Whether nothing is in a catalog. */
  isEmpty(catalog: string): Promise<boolean>;
}

const NO_CONTENT: Answer = { status: 204 };
const CREATED: Answer = { status: 201 };

/** Answers as Polaris' management API does; only a service admin may, but for one's own secret. */
export async function manage(request: ManagementRequest): Promise<Answer> {
  const { method, segments, principal, admin } = request;
  const [kind, name = "", part] = segments;
  const own = kind === "principals" && name === principal.entity.name && part === "rotate";
  if (!admin && !own) throw forbidden(principal.entity.name, `${method} /${segments.join("/")}`);
  if (principal.rotationRequired && !own) throw forbidden(principal.entity.name, "anything but rotation");
  switch (kind) {
    case "catalogs":
      return part === undefined ? catalogs(request, name) : catalogRoles(request, name);
    case "principals":
      return principals(request, name);
    case "principal-roles":
      return principalRoles(request, name);
    default:
      throw new Refusal(404, "NotFoundException", "RESTEASY003210: Could not find resource for full path");
  }
}

async function catalogs({ method, body, realm, isEmpty }: ManagementRequest, name: string): Promise<Answer> {
  if (name === "") {
    if (method === "GET")
      return { status: 200, body: { catalogs: [...realm.catalogs.values()].map(({ entity }) => entity) } };
    const { catalog } = bodyOf("createCatalog", body);
    if (realm.catalogs.has(catalog.name)) throw exists(`Catalog ${catalog.name}`);
    const entity = { ...newEntity(catalog.name), ...catalog };
    const admins = { entity: newEntity("catalog_admin"), grants: manageAll() };
    realm.catalogs.set(catalog.name, { entity, roles: new Map([["catalog_admin", admins]]) });
    assign(realm, "service_admin", catalog.name, "catalog_admin");
    return { status: 201, body: entity };
  }
  const { entity } = find(realm.catalogs, name, "Catalog");
  if (method === "GET") return { status: 200, body: entity };
  if (method === "PUT") return update(entity, bodyOf("updateCatalog", body));
  if (!(await isEmpty(name)))
    throw new Refusal(400, "BadRequestException", `Catalog '${name}' cannot be dropped, it is not empty`);
  realm.catalogs.delete(name);
  return NO_CONTENT;
}

const manageAll = () => [
  { type: "catalog", privilege: "CATALOG_MANAGE_ACCESS" },
  { type: "catalog", privilege: "CATALOG_MANAGE_METADATA" },
];

function principals({ method, segments, body, realm }: ManagementRequest, name: string): Answer {
  if (name === "") {
    if (method === "GET")
      return {
        status: 200,
        body: { principals: [...realm.principals.values()].map(({ entity }) => entity) },
      };
    const { principal, credentialRotationRequired = false } = bodyOf("createPrincipal", body);
    if (realm.principals.has(principal.name)) throw exists(`Principal ${principal.name}`);
    const made = realm.addPrincipal(principal.name, principal.properties, credentialRotationRequired);
    return { status: 201, body: withCredentials(made) };
  }
  const principal = find(realm.principals, name, "Principal");
  const [, , part, roleName = ""] = segments;
  if (part === "rotate" || part === "reset") {
    if (part === "reset") bodyOf("reset", body ?? {});
    principal.secret = newSecret();
    principal.rotationRequired = false;
    return { status: 200, body: withCredentials(principal) };
  }
  if (part === "principal-roles") {
    if (method === "GET")
      return {
        status: 200,
        body: { roles: [...principal.roles].map((role) => realm.principalRoles.get(role)) },
      };
    const role = method === "PUT" ? bodyOf("principalRole", body).principalRole.name : roleName;
    find(realm.principalRoles, role, "PrincipalRole");
    if (method === "PUT") principal.roles.add(role);
    else principal.roles.delete(role);
    return method === "PUT" ? CREATED : NO_CONTENT;
  }
  if (method === "GET") return { status: 200, body: principal.entity };
  if (method === "PUT") return update(principal.entity, bodyOf("update", body));
  realm.principals.delete(name);
  return NO_CONTENT;
}

const withCredentials = ({ entity, secret }: Principal) => ({
  principal: entity,
  credentials: { clientId: entity.clientId, clientSecret: secret },
});

function principalRoles({ method, segments, body, realm }: ManagementRequest, name: string): Answer {
  if (name === "") {
    if (method === "GET") return { status: 200, body: { roles: [...realm.principalRoles.values()] } };
    const { principalRole } = bodyOf("principalRole", body);
    if (realm.principalRoles.has(principalRole.name)) throw exists(`PrincipalRole ${principalRole.name}`);
    const entity = newEntity(principalRole.name, principalRole.properties);
    realm.principalRoles.set(principalRole.name, entity);
    return { status: 201, body: entity };
  }
  const entity = find(realm.principalRoles, name, "PrincipalRole");
  const [, , part, catalogName = "", roleName = ""] = segments;
  if (part === "principals") {
    const having = [...realm.principals.values()].filter(({ roles }) => roles.has(name));
    return { status: 200, body: { principals: having.map((one) => one.entity) } };
  }
  if (part === "catalog-roles") {
    const catalog = find(realm.catalogs, catalogName, "Catalog");
    const assigned = realm.assigned.get(name) ?? new Set();
    if (method === "GET") {
      const having = [...catalog.roles.values()].filter((role) =>
        assigned.has(`${catalogName}/${role.entity.name}`),
      );
      return { status: 200, body: { roles: having.map((role) => role.entity) } };
    }
    const role = method === "PUT" ? bodyOf("catalogRole", body).catalogRole.name : roleName;
    find(catalog.roles, role, "CatalogRole");
    if (method === "PUT") assign(realm, name, catalogName, role);
    else assigned.delete(`${catalogName}/${role}`);
    return method === "PUT" ? CREATED : NO_CONTENT;
  }
  if (method === "GET") return { status: 200, body: entity };
  if (method === "PUT") return update(entity, bodyOf("update", body));
  realm.principalRoles.delete(name);
  realm.assigned.delete(name);
  for (const { roles } of realm.principals.values()) roles.delete(name);
  return NO_CONTENT;
}

function catalogRoles({ method, segments, body, realm }: ManagementRequest, catalogName: string): Answer {
  const catalog: Catalog = find(realm.catalogs, catalogName, "Catalog");
  const [, , , name, part] = segments;
  if (name === undefined) {
    if (method === "GET")
      return { status: 200, body: { roles: [...catalog.roles.values()].map(({ entity }) => entity) } };
    const { catalogRole } = bodyOf("catalogRole", body);
    if (catalog.roles.has(catalogRole.name)) throw exists(`CatalogRole ${catalogRole.name}`);
    const entity = newEntity(catalogRole.name, catalogRole.properties);
    catalog.roles.set(catalogRole.name, { entity, grants: [] });
    return { status: 201, body: entity };
  }
  const role = find(catalog.roles, name, "CatalogRole");
  if (part === "grants") {
    if (method === "GET") return { status: 200, body: { grants: role.grants } };
    const { grant } = bodyOf("grant", body);
    const rest = role.grants.filter((one) => JSON.stringify(one) !== JSON.stringify(grant));
    if (method === "POST" && rest.length === role.grants.length) throw notFound("Grant");
    role.grants = method === "PUT" ? [...rest, grant] : rest;
    return CREATED;
  }
  if (method === "GET") return { status: 200, body: role.entity };
  if (method === "PUT") return update(role.entity, bodyOf("update", body));
  catalog.roles.delete(name);
  return NO_CONTENT;
}

function assign(realm: Realm, principalRole: string, catalog: string, role: string): void {
  const assigned = realm.assigned.get(principalRole) ?? new Set();
  realm.assigned.set(principalRole, assigned.add(`${catalog}/${role}`));
}

function find<T>(entities: ReadonlyMap<string, T>, name: string, kind: string): T {
  const found = entities.get(name);
  if (found === undefined) throw notFound(`${kind} ${name}`);
  return found;
}

function update(
  entity: Entity,
  {
    currentEntityVersion,
    properties = entity.properties,
  }: { currentEntityVersion?: number; properties?: Record<string, string> },
): Answer {
  if (currentEntityVersion !== entity.entityVersion)
    throw new Refusal(409, "CommitConflictException", `Entity ${entity.name} was changed concurrently`);
  Object.assign(entity, {
    properties,
    lastUpdateTimestamp: Date.now(),
    entityVersion: entity.entityVersion + 1,
  });
  return { status: 200, body: entity };
}
