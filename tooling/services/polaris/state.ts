import { randomBytes } from "node:crypto";

export interface Entity {
  name: string;
  properties: Record<string, string>;
  createTimestamp: number;
  lastUpdateTimestamp: number;
  entityVersion: number;
  [field: string]: unknown;
}

export interface Principal {
  entity: Entity;
  secret: string;
  /** Good for getting another secret alone. */
  rotationRequired: boolean;
  roles: Set<string>;
}

export interface Grant {
  type: string;
  privilege: string;
  namespace?: string[];
  tableName?: string;
}

export interface Catalog {
  entity: Entity;
  roles: Map<string, { entity: Entity; grants: Grant[] }>;
}

/** Everything that one realm holds. A new one has its root principal, as `polaris bootstrap` makes it. */
export class Realm {
  readonly catalogs = new Map<string, Catalog>();
  readonly principals = new Map<string, Principal>();
  readonly principalRoles = new Map<string, Entity>();
  /** Catalog roles of a principal role, as `catalog/role`. */
  readonly assigned = new Map<string, Set<string>>();
  /** Tokens that were given, with whose they are, for which roles (or `ALL`), and until when. */
  readonly tokens = new Map<string, { principal: string; wanted: string[]; until: number }>();
  readonly root: { clientId: string; clientSecret: string };

  constructor() {
    this.principalRoles.set("service_admin", newEntity("service_admin"));
    const { entity, secret } = this.addPrincipal("root");
    this.principals.get("root")?.roles.add("service_admin");
    this.root = { clientId: String(entity.clientId), clientSecret: secret };
  }

  addPrincipal(name: string, properties: Record<string, string> = {}, rotationRequired = false): Principal {
    const entity = { ...newEntity(name, properties), clientId: randomBytes(8).toString("hex") };
    const principal = { entity, secret: newSecret(), rotationRequired, roles: new Set<string>() };
    this.principals.set(name, principal);
    return principal;
  }
}

export const newSecret = (): string => randomBytes(16).toString("hex");

export function newEntity(name: string, properties: Record<string, string> = {}): Entity {
  const now = Date.now();
  return { name, properties, createTimestamp: now, lastUpdateTimestamp: now, entityVersion: 1 };
}
