import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { RunningNessie } from "../nessie.ts";
import { type Answer, notFound, Refusal } from "./answer.ts";
import { inCatalog } from "./catalog.ts";
import { manage } from "./management.ts";
import { type Principal, Realm } from "./state.ts";

export interface PolarisServer extends AsyncDisposable {
  /** `http://127.0.0.1:41234`; `api/catalog` and `api/management/v1` are below. */
  url: string;
  realm: string;
  /** Of its root principal. */
  root: { clientId: string; clientSecret: string };
  /** Ends every token that was given. */
  endTokens(): void;
}

export interface PolarisOptions {
  /** How long a token is good. */
  tokenSeconds?: number;
  /** Whether a request without a realm is refused, and not the default one's. */
  requireRealm?: boolean;
}

/**
 * Apache Polaris, of which no server can be had for tests, after its OpenAPI documents and its source: realms,
 * logins, principals, roles and grants are its own; tables are those of a real Nessie behind it. It refuses
 * what Polaris refuses: wrong realms, logins and scopes, fields that a request doesn't have, names that are
 * taken, versions that have passed, and what isn't granted.
 */
export async function startPolaris(
  nessie: RunningNessie,
  { tokenSeconds = 3600, requireRealm = false }: PolarisOptions = {},
): Promise<PolarisServer> {
  const name = `realm-${randomBytes(4).toString("hex")}`;
  const realm = new Realm();
  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request).catch((error: unknown): Answer => {
      if (error instanceof Refusal) return error.answer;
      return new Refusal(500, "InternalServerError", String(error)).answer;
    });
    response.writeHead(status, { "content-type": "application/json" });
    response.end(body === undefined ? "" : JSON.stringify(body));
  });

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const { method = "", url = "", headers } = request;
    if ((headers["polaris-realm"] ?? (requireRealm ? undefined : name)) !== name)
      throw new Refusal(404, "MissingOrInvalidRealm", "Missing or invalid realm");
    const [path = "", search = ""] = url.split(/(?=\?)/);
    if (path === "/api/catalog/v1/oauth/tokens") {
      return login(realm, withBasic(new URLSearchParams(body), headers.authorization), tokenSeconds);
    }
    const { principal, roles } = whoAsks(realm, headers.authorization);
    const segments = path.split("/").slice(1);
    if (path.startsWith("/api/management/v1/")) {
      return manage({
        method,
        segments: segments.slice(3).map(decodeURIComponent),
        body: body === "" ? undefined : JSON.parse(body),
        realm,
        principal,
        admin: roles.has("service_admin"),
        isEmpty: () => hasNoNamespace(nessie),
      });
    }
    if (!path.startsWith("/api/catalog/v1/")) throw notFound(path);
    if (segments[3] === "config") {
      const warehouse = new URLSearchParams(search).get("warehouse") ?? "";
      if (!realm.catalogs.has(warehouse)) throw notFound(`Unable to find warehouse ${warehouse}`);
      return { status: 200, body: { defaults: {}, overrides: { prefix: warehouse } } };
    }
    const catalog = decodeURIComponent(segments[3] ?? "");
    if (!realm.catalogs.has(catalog)) throw notFound(`Catalog ${catalog}`);
    return inCatalog({
      method,
      segments: segments.slice(4),
      search,
      body,
      delegation: headers["x-iceberg-access-delegation"]?.toString(),
      catalog,
      realm,
      principal: principal.entity.name,
      roles,
      nessie,
    });
  };

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    realm: name,
    root: realm.root,
    endTokens: () => realm.tokens.clear(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** A client may also say who it is as HTTP has it. */
function withBasic(form: URLSearchParams, authorization: string | undefined): URLSearchParams {
  const basic = /^Basic (.+)$/.exec(authorization ?? "")?.[1];
  if (basic === undefined || form.has("client_secret")) return form;
  const [id = "", secret = ""] = Buffer.from(basic, "base64").toString("utf8").split(/:(.*)/s);
  form.set("client_id", id);
  form.set("client_secret", secret);
  return form;
}

const SCOPE = "PRINCIPAL_ROLE:";

/** @see https://github.com/apache/polaris `TokenRequestValidator`, `OAuthUtils` */
function login(realm: Realm, form: URLSearchParams, seconds: number): Answer {
  const refuse = (status: number, error: string): Answer => ({
    status,
    body: { error, error_description: `The request was refused: ${error}` },
  });
  if (form.get("grant_type") !== "client_credentials") return refuse(400, "unsupported_grant_type");
  const [id, secret] = [form.get("client_id"), form.get("client_secret")];
  if (!id || !secret) return refuse(400, "invalid_client");
  const scopes = (form.get("scope") ?? "").split(" ");
  if (!scopes.every((scope) => scope.startsWith(SCOPE) && scope !== SCOPE))
    return refuse(400, "invalid_scope");
  const principal = [...realm.principals.values()].find(({ entity }) => entity.clientId === id);
  if (principal?.secret !== secret) return refuse(401, "unauthorized_client");
  const wanted = scopes.map((scope) => scope.slice(SCOPE.length));
  if (!wanted.includes("ALL") && !wanted.some((role) => principal.roles.has(role)))
    return refuse(400, "invalid_scope");
  const token = randomBytes(24).toString("base64url");
  realm.tokens.set(token, {
    principal: principal.entity.name,
    wanted,
    until: Date.now() + seconds * 1000,
  });
  return {
    status: 200,
    body: {
      access_token: token,
      token_type: "bearer",
      issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
      expires_in: seconds,
    },
  };
}

function whoAsks(
  realm: Realm,
  authorization: string | undefined,
): { principal: Principal; roles: ReadonlySet<string> } {
  const token = realm.tokens.get(/^Bearer (.+)$/.exec(authorization ?? "")?.[1] ?? "");
  const principal = token && realm.principals.get(token.principal);
  if (token === undefined || principal === undefined || token.until < Date.now())
    throw new Refusal(401, "NotAuthorizedException", "Failed to verify the token");
  // Roles are looked up at each request: one that was taken away is gone at once.
  const all = token.wanted.includes("ALL");
  return {
    principal,
    roles: new Set([...principal.roles].filter((role) => all || token.wanted.includes(role))),
  };
}

async function hasNoNamespace({ uri, warehouse }: RunningNessie): Promise<boolean> {
  const response = await fetch(`${uri}/v1/${encodeURIComponent(`main|${warehouse}`)}/namespaces`);
  const { namespaces } = (await response.json()) as { namespaces: unknown[] };
  return namespaces.length === 0;
}
