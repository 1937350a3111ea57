import type { RunningNessie } from "../nessie.ts";
import { type Answer, forbidden } from "./answer.ts";
import type { Grant, Realm } from "./state.ts";

export interface CatalogRequest {
  method: string;
  /** Below the catalog's prefix, still encoded: `namespaces`, `a%1Fb`, `tables`, `orders`. */
  segments: string[];
  search: string;
  body: string;
  delegation: string | undefined;
  catalog: string;
  realm: Realm;
  /** Who asks, and under which principal roles. */
  principal: string;
  roles: ReadonlySet<string>;
  nessie: RunningNessie;
}

/** What each privilege of a catalog holds beside itself. */
const INCLUDES: Readonly<Record<string, RegExp>> = {
  CATALOG_MANAGE_CONTENT: /^(NAMESPACE|TABLE|VIEW)_/,
  CATALOG_MANAGE_METADATA: /^(NAMESPACE_|TABLE_(?!READ_DATA|WRITE_DATA)|VIEW_)/,
  NAMESPACE_FULL_METADATA: /^NAMESPACE_/,
  TABLE_FULL_METADATA: /^TABLE_(?!READ_DATA|WRITE_DATA)/,
  TABLE_WRITE_DATA: /^TABLE_(READ_DATA|READ_PROPERTIES|WRITE_PROPERTIES)$/,
  TABLE_READ_DATA: /^TABLE_READ_PROPERTIES$/,
  TABLE_CREATE: /^TABLE_LIST$/,
  NAMESPACE_CREATE: /^NAMESPACE_LIST$/,
  NAMESPACE_WRITE_PROPERTIES: /^NAMESPACE_READ_PROPERTIES$/,
};

/**
 * A catalog of Polaris: who may not is refused; what is left is done by a real REST catalog. Storage
 * credentials are asked for by name, and good for reading alone where the role is.
 */
export async function inCatalog(request: CatalogRequest): Promise<Answer> {
  const { method, segments, search, body, delegation, nessie, principal } = request;
  const needed = privilegeOf(request);
  if (!holds(request, needed)) throw forbidden(principal, needed);
  const vends = delegation?.includes("vended-credentials") === true && segments[2] === "tables";
  const writes = vends && holds(request, "TABLE_WRITE_DATA");
  if (vends && !writes && !holds(request, "TABLE_READ_DATA")) throw forbidden(principal, "TABLE_READ_DATA");

  const path = ["v1", encodeURIComponent(`main|${nessie.warehouse}`), ...segments].join("/");
  const response = await fetch(`${nessie.uri}/${path}${search}`, {
    method,
    headers: { "content-type": "application/json" },
    ...(body === "" ? {} : { body }),
  });
  const text = await response.text();
  if (!response.ok || segments[2] !== "tables" || text === "")
    return { status: response.status, ...(text === "" ? {} : { body: parseExactly(text) }) };
  const answer = parseExactly(text) as { metadata?: { location: string }; config?: object };
  // Nessie vends unasked, and its own keys; Polaris only what was asked for.
  const { config: _, ...rest } = answer;
  if (!vends || answer.metadata === undefined) return { status: response.status, body: rest };
  const vended = await credentials(answer.metadata.location, writes, nessie);
  return { status: response.status, body: { ...rest, ...vended } };
}

/** Ids of snapshots are wider than a number: they go on as they came. */
function parseExactly(text: string): unknown {
  const { rawJSON } = JSON as unknown as { rawJSON(source: string): unknown };
  const exact = (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === "number" && !Number.isSafeInteger(value) ? rawJSON(context?.source ?? "0") : value;
  return JSON.parse(text, exact);
}

function privilegeOf({ method, segments, search }: CatalogRequest): string {
  const [kind, namespace, part, table] = segments;
  if (kind === "transactions") return "TABLE_WRITE_DATA";
  if (namespace === undefined) return method === "GET" ? "NAMESPACE_LIST" : "NAMESPACE_CREATE";
  if (part === "properties") return "NAMESPACE_WRITE_PROPERTIES";
  if (part === undefined) return method === "GET" ? "NAMESPACE_READ_PROPERTIES" : "NAMESPACE_DROP";
  if (table === undefined) return method === "GET" ? "TABLE_LIST" : "TABLE_CREATE";
  if (method === "GET") return "TABLE_READ_PROPERTIES";
  if (method === "POST") return "TABLE_WRITE_DATA";
  return search.includes("purgeRequested=true") ? "TABLE_WRITE_DATA" : "TABLE_DROP";
}

function holds({ segments, catalog, realm, roles }: CatalogRequest, privilege: string): boolean {
  const namespace =
    segments[0] !== "namespaces" || segments[1] === undefined
      ? undefined
      : segments[1].split("%1F").map(decodeURIComponent);
  const table = segments[3] === undefined ? undefined : decodeURIComponent(segments[3]);
  const covers = (grant: Grant): boolean => {
    const above = (grant.namespace ?? []).every((level, index) => namespace?.[index] === level);
    const here = grant.tableName === undefined || grant.tableName === table;
    const fits = grant.privilege === privilege || INCLUDES[grant.privilege]?.test(privilege) === true;
    return above && here && fits;
  };
  const granted = [...roles].flatMap((role) => [...(realm.assigned.get(role) ?? [])]);
  return [...(realm.catalogs.get(catalog)?.roles.values() ?? [])].some(
    ({ entity, grants }) => granted.includes(`${catalog}/${entity.name}`) && grants.some(covers),
  );
}

/** As newer servers send them: with a prefix and an end, apart from the rest of the table's configuration. */
async function credentials(location: string, writes: boolean, { minio }: RunningNessie): Promise<object> {
  const path = location.replace("s3://", "");
  const actions = ["s3:GetObject", ...(writes ? ["s3:PutObject", "s3:DeleteObject"] : [])];
  const keys = await minio.assumeRole({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: actions, Resource: [`arn:aws:s3:::${path}/*`] }],
  });
  return {
    config: { "s3.endpoint": minio.url, "s3.path-style-access": "true", "client.region": minio.region },
    "storage-credentials": [
      {
        prefix: location,
        config: {
          "s3.access-key-id": keys.accessKeyId,
          "s3.secret-access-key": keys.secretAccessKey,
          "s3.session-token": keys.sessionToken,
          "s3.session-token-expires-at-ms": String(Date.now() + 900_000),
        },
      },
    ],
  };
}
