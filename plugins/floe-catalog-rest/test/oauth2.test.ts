import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { type Answer, type Asked, createRest, icebergError, scriptedCatalog } from "./scripted-catalog.ts";

const ID = { source: "env", name: "CLIENT_ID" } as const;
const SECRET = { source: "env", name: "CLIENT_SECRET" } as const;
const secret = randomBytes(16).toString("hex");
const secrets = { CLIENT_ID: "client-of-floe", CLIENT_SECRET: secret };

/** A catalog with a token service, which takes only tokens that are still good. */
async function guarded({ expiresIn = 3600, refusal = 401 } = {}) {
  const tokens: string[] = [];
  const good = new Set<string>();
  const issue = ({ body }: Asked): Answer => {
    const form = new URLSearchParams(body);
    if (form.get("client_id") !== "client-of-floe" || form.get("client_secret") !== secret) {
      return {
        status: 401,
        json: { error: "invalid_client", error_description: `No client has ${form.get("client_secret")}.` },
      };
    }
    const token = `${form.get("scope")}-${randomBytes(8).toString("hex")}`;
    tokens.push(token);
    good.add(token);
    return { json: { access_token: token, token_type: "bearer", expires_in: expiresIn } };
  };
  const catalog = await scriptedCatalog((asked) => {
    if (asked.path === "/v1/oauth/tokens") return issue(asked);
    const token = /^Bearer (.*)$/.exec(asked.headers.authorization ?? "")?.[1] ?? "";
    // It repeats what it was sent, as debug pages do.
    if (!good.has(token)) return icebergError(refusal, "NotAuthorizedException", `Not with ${token}.`);
    if (asked.path.endsWith("/namespaces")) return { json: { namespaces: [["sales"]] } };
    return undefined;
  });
  const authorization = { type: "oauth2", client_id: ID, client_secret: SECRET };
  return { ...catalog, tokens, good, authorization };
}

const tokenRequests = ({ asked }: { asked: Asked[] }) =>
  asked.filter(({ path }) => path.endsWith("/oauth/tokens"));

it("asks for one token, however many need it at once, as RFC 6749 has it", async () => {
  const catalog = await guarded();
  const { connect } = createRest({ uri: catalog.url, authorization: catalog.authorization }, { secrets });
  const connected = await connect();
  await Promise.all(Array.from({ length: 20 }, () => connected.listNamespaces()));
  const [request, ...others] = tokenRequests(catalog);
  expect(others).toEqual([]);
  expect(request?.method).toBe("POST");
  expect(request?.headers["content-type"]).toMatch(/^application\/x-www-form-urlencoded/);
  expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
    grant_type: "client_credentials",
    client_id: "client-of-floe",
    client_secret: secret,
    scope: "catalog",
  });
});

it("takes a new token before the old one ends", async () => {
  const catalog = await guarded({ expiresIn: 0.4 });
  const connected = await createRest(
    { uri: catalog.url, authorization: catalog.authorization },
    { secrets },
  ).connect();
  await sleep(250);
  catalog.asked.length = 0;
  await connected.listNamespaces();
  expect(catalog.asked.map(({ path }) => path)).toEqual(["/v1/oauth/tokens", "/v1/namespaces"]);
});

it.each([401, 419])("takes a new token when the catalog answers %i, once", async (refusal) => {
  const catalog = await guarded({ refusal });
  const connected = await createRest(
    { uri: catalog.url, authorization: catalog.authorization },
    { secrets },
  ).connect();
  catalog.good.clear();
  expect(await connected.listNamespaces()).toEqual(["sales"]);
  expect(catalog.tokens).toHaveLength(2);
});

it("says so when new tokens are refused too, and shows none of them", async () => {
  const catalog = await guarded();
  const connected = await createRest(
    { uri: catalog.url, authorization: catalog.authorization },
    { secrets },
  ).connect();
  catalog.good.add = () => catalog.good;
  catalog.good.clear();
  const failure = await connected.listNamespaces().catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "CONNECTION.UNAUTHORIZED", why: "Not with ***." });
  for (const token of catalog.tokens) expect(JSON.stringify(failure)).not.toContain(token);
});

it("says so when the client is refused", async () => {
  const catalog = await guarded();
  const rest = createRest(
    { uri: catalog.url, authorization: catalog.authorization },
    { secrets: { ...secrets, CLIENT_SECRET: "another-secret" } },
  );
  await expect(rest.connect()).rejects.toMatchObject({
    code: "CONNECTION.UNAUTHORIZED",
    why: expect.stringContaining("invalid_client"),
  });
  // The next call tries again: a failed connection isn't kept.
  await expect(rest.createNamespace("sales")).rejects.toMatchObject({ code: "CONNECTION.UNAUTHORIZED" });
  expect(tokenRequests(catalog)).toHaveLength(2);
});

it.each([
  [{ text: "<html>Sign in</html>" }, "CONNECTION.FAILED"],
  [{ json: { token_type: "bearer" } }, "CONNECTION.FAILED"],
  [{ status: 404, text: "<html>Not found</html>" }, "CONNECTION.FAILED"],
  [{ status: 400, json: { error: "invalid_scope" } }, "CONNECTION.UNAUTHORIZED"],
  ["reset", "CONNECTION.FAILED"],
  ["stall", "CONNECTION.TIMEOUT"],
] as [Answer, string][])("%j for a token is %s", async (answer, code) => {
  const catalog = await scriptedCatalog(({ path }) => (path.endsWith("/tokens") ? answer : undefined));
  const authorization = { type: "oauth2", client_id: ID, client_secret: SECRET };
  const started = performance.now();
  await expect(createRest({ uri: catalog.url, authorization }, { secrets }).connect()).rejects.toMatchObject({
    code,
  });
  expect(performance.now() - started).toBeLessThan(2500);
});

it("asks another server, and for what that wants, without the catalog's headers", async () => {
  const tokens = await scriptedCatalog();
  const catalog = await scriptedCatalog();
  const authorization = {
    type: "oauth2",
    client_id: ID,
    client_secret: SECRET,
    server_uri: `${tokens.url}/realms/acme/oauth/tokens`,
    scope: "lake.write",
    audience: "lake",
  };
  const headers = { "x-tenant": "acme" };
  const rest = createRest({ uri: catalog.url, authorization, headers }, { secrets });
  await rest.connect();
  expect(Object.fromEntries(new URLSearchParams(tokens.asked[0]?.body))).toMatchObject({
    scope: "lake.write",
    audience: "lake",
  });
  expect(tokens.asked[0]?.headers["x-tenant"]).toBeUndefined();
  expect(catalog.asked.map(({ path }) => path)).toEqual(["/v1/config"]);
  expect(catalog.asked[0]?.headers["x-tenant"]).toBe("acme");
  expect(rest.getCatalogConfig()).toMatchObject({
    authorization: { type: "oauth2", clientId: ID, clientSecret: SECRET, scope: "lake.write" },
    properties: { "header.x-tenant": "acme", audience: "lake" },
  });
});

it("finds secrets below the manifest's connection_secret_ref", async () => {
  const catalog = await guarded();
  const connectionSecret = { source: "kubernetes", name: "lake-client" } as const;
  const rest = createRest(
    { uri: catalog.url, authorization: { type: "oauth2" } },
    {
      connectionSecret,
      secrets: { LAKE_CLIENT_CLIENT_ID: "client-of-floe", LAKE_CLIENT_CLIENT_SECRET: secret },
    },
  );
  expect(await (await rest.connect()).listNamespaces()).toEqual(["sales"]);
  expect(() => createRest({ uri: catalog.url, authorization: { type: "oauth2" } })).toThrow(
    expect.objectContaining({ code: "PLUGIN.INVALID_CONFIG" }),
  );
});

it("asks for credentials to read under the scope for readers", async () => {
  const catalog = await guarded();
  const authorization = { ...catalog.authorization, scope: "writer", read_scope: "reader" };
  const rest = createRest({ uri: catalog.url, authorization }, { secrets });
  const vendedWith = async (operations: ("read" | "write")[]): Promise<string | undefined> => {
    // There is no such table; with which token it was asked for is seen all the same.
    await rest.vendCredentials("sales.orders", operations).catch(() => undefined);
    const { path, headers } = catalog.asked.at(-1) ?? {};
    expect(path).toBe("/v1/namespaces/sales/tables/orders");
    expect(headers?.["x-iceberg-access-delegation"]).toBe("vended-credentials");
    return headers?.authorization?.replace(/-.*/, "");
  };
  expect(await vendedWith(["read"])).toBe("Bearer reader");
  expect(await vendedWith(["read", "write"])).toBe("Bearer writer");
});
