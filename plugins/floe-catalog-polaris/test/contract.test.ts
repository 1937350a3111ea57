import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { VendedCredentials } from "@floe/core";
import { testCatalogPlugin } from "@floe/testkit";
import { requireNessie } from "@floe/tooling/nessie";
import { type PolarisServer, startPolaris } from "@floe/tooling/polaris";
import plugin from "floe-catalog-polaris";
import { afterAll, describe, expect, it } from "vitest";
import { configOf, ID, polarisAs, SECRET, secretsOf } from "./create-polaris.ts";

const nessie = await requireNessie();
const server = "uri" in nessie ? await startPolaris(nessie, { requireRealm: true }) : undefined;
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  if ("uri" in nessie) await nessie[Symbol.asyncDispose]();
});

if (server === undefined) it.skip(`Polaris: ${"missing" in nessie ? nessie.missing : ""}`);
else {
  const engineer = await setUp(server);
  testCatalogPlugin({
    plugin,
    config: { ...configOf(server), properties: { "rest-page-size": "3" } },
    secrets: secretsOf(engineer),
    // Nessie, which keeps the tables here, reads `#` and `@` in a table's name as a time and a branch.
    specialNames: ["with space", "dot.ted", "ünïcödé 漢字", "100%25+&?=", 'quo"ted', "it's"],
    invalidConfigs: [
      { uri: "http://polaris:8181/api/catalog" },
      { warehouse: "lake" },
      { uri: "polaris:8181", warehouse: "lake" },
      { uri: "http://polaris:8181", warehouse: "lake", authorization: { type: "none" } },
      { uri: "http://polaris:8181", warehouse: "lake", realm: "" },
    ],
    packageJson: new URL("../package.json", import.meta.url),
    unreachable: ({ url }) => ({
      uri: `${url}/api/catalog`,
      warehouse: "lake",
      timeout_seconds: 3,
      authorization: { type: "oauth2", client_id: ID, client_secret: SECRET },
    }),
  });
  describe("Polaris", () => testAccess(server));
}

/** A catalog, and a principal who may do everything in it, made over the management API. */
async function setUp({ root, ...rest }: PolarisServer) {
  const { management } = polarisAs(root, configOf({ root, ...rest }));
  await management.catalogs.create({
    name: "lake",
    defaultBaseLocation: "s3://lake/wh",
    storage: { storageType: "S3", allowedLocations: ["s3://lake/wh/"], roleArn: "arn:aws:iam::1:role/lake" },
  });
  const { credentials } = await management.principals.create("engineer");
  const roles = management.catalogRoles("lake");
  await management.principalRoles.create("writer");
  await management.principals.assignRole("engineer", "writer");
  await roles.create("content");
  await roles.grant("content", { type: "catalog", privilege: "CATALOG_MANAGE_CONTENT" });
  await management.principalRoles.assignCatalogRole("writer", "lake", "content");
  await management.principalRoles.create("reader");
  await management.principals.assignRole("engineer", "reader");
  await roles.create("data-reader");
  await roles.grant("data-reader", { type: "catalog", privilege: "TABLE_READ_DATA" });
  await management.principalRoles.assignCatalogRole("reader", "lake", "data-reader");
  return credentials;
}

const SCHEMA = { fields: [{ name: "id", type: "long", required: true }] };

function testAccess(polaris: PolarisServer): void {
  const config = configOf(polaris);
  const engineer = async () =>
    (await polarisAs(polaris.root, config).management.principals.rotateCredentials("engineer")).credentials;

  it("vends keys to read under the role that may only read, and they can't write", async () => {
    const authorization = {
      ...config.authorization,
      scope: "PRINCIPAL_ROLE:writer",
      read_scope: "PRINCIPAL_ROLE:reader",
    };
    const rest = polarisAs(await engineer(), { ...config, authorization });
    const catalog = await rest.connect();
    await rest.createNamespace("vending");
    const { location } = await catalog.createTable("vending.orders", SCHEMA);
    const object = { Bucket: "lake", Key: `${location.slice("s3://lake/".length)}/data/part.parquet` };

    const toWrite = await rest.vendCredentials("vending.orders", ["read", "write"]);
    await withStore(toWrite, (store) => store.send(new PutObjectCommand({ ...object, Body: "rows" })));
    const toRead = await rest.vendCredentials("vending.orders", ["read"]);
    expect(toRead.prefix).toBe(location);
    expect(Date.parse(toRead.expiresAt ?? "")).toBeGreaterThan(Date.now() + 600_000);
    await withStore(toRead, async (store) => {
      const { Body } = await store.send(new GetObjectCommand(object));
      expect(await Body?.transformToString()).toBe("rows");
      await expect(store.send(new PutObjectCommand({ ...object, Body: "others" }))).rejects.toMatchObject({
        name: "AccessDenied",
      });
    });
    await catalog.dropTable("vending.orders");
    await catalog.dropNamespace("vending");
  });

  it("refuses what isn't granted, in the catalog and in its management", async () => {
    const { management } = polarisAs(polaris.root, config);
    const { credentials } = await management.principals.create("stranger");
    const stranger = polarisAs(credentials, config);
    const catalog = await stranger.connect();
    await expect(catalog.listNamespaces()).rejects.toMatchObject({
      code: "CATALOG.FORBIDDEN",
      why: expect.stringContaining("NAMESPACE_LIST"),
    });
    await expect(stranger.createNamespace("mine")).rejects.toMatchObject({ code: "CATALOG.FORBIDDEN" });
    await expect(stranger.management.principals.list()).rejects.toMatchObject({ code: "CATALOG.FORBIDDEN" });

    await management.catalogRoles("lake").create("lister");
    await management.catalogRoles("lake").grant("lister", { type: "catalog", privilege: "NAMESPACE_LIST" });
    await management.principalRoles.create("guest");
    await management.principalRoles.assignCatalogRole("guest", "lake", "lister");
    await management.principals.assignRole("stranger", "guest");
    expect(await catalog.listNamespaces()).toEqual([]);
    await management.principals.revokeRole("stranger", "guest");
    await expect(catalog.listNamespaces()).rejects.toMatchObject({ code: "CATALOG.FORBIDDEN" });
  });

  it("takes another token when the server ends them all", async () => {
    const catalog = await polarisAs(await engineer(), config).connect();
    polaris.endTokens();
    expect(await catalog.listNamespaces()).toEqual([]);
  });

  it.each([
    ["another realm", { realm: "elsewhere" }, "CONNECTION.FAILED", /Missing or invalid realm/],
    ["no realm", { realm: undefined }, "CONNECTION.FAILED", /Missing or invalid realm/],
    ["a catalog that isn't there", { warehouse: "sea" }, "CATALOG.NOT_FOUND", /Unable to find warehouse sea/],
    [
      "a role that the principal hasn't",
      { authorization: { ...config.authorization, scope: "PRINCIPAL_ROLE:service_admin" } },
      "CONNECTION.UNAUTHORIZED",
      /invalid_scope/,
    ],
  ])("says so with %s", async (_what, changes, code, why) => {
    const rest = polarisAs(await engineer(), { ...config, ...changes });
    await expect(rest.connect()).rejects.toMatchObject({ code, why: expect.stringMatching(why) });
  });

  it("says so with a secret that was rotated away", async () => {
    const old = await engineer();
    await engineer();
    await expect(polarisAs(old, config).connect()).rejects.toMatchObject({
      code: "CONNECTION.UNAUTHORIZED",
      why: expect.stringContaining("unauthorized_client"),
    });
  });

  it("tells other systems of its realm, and of scopes by Polaris' names", async () => {
    expect(polarisAs(polaris.root, config).getCatalogConfig()).toEqual({
      name: "lake",
      uri: config.uri,
      warehouse: "lake",
      authorization: { type: "oauth2", clientId: ID, clientSecret: SECRET, scope: "PRINCIPAL_ROLE:ALL" },
      properties: { "header.Polaris-Realm": polaris.realm },
    });
  });
}

async function withStore<T>(
  { properties }: VendedCredentials,
  use: (store: S3Client) => Promise<T>,
): Promise<void> {
  const store = new S3Client({
    endpoint: properties["s3.endpoint"] ?? "",
    region: properties["client.region"] ?? "",
    forcePathStyle: true,
    credentials: {
      accessKeyId: properties["s3.access-key-id"] ?? "",
      secretAccessKey: properties["s3.secret-access-key"] ?? "",
      sessionToken: properties["s3.session-token"] ?? "",
    },
  });
  await use(store);
  store.destroy();
}
