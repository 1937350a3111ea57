import type { RunningNessie } from "@floe/tooling/nessie";
import { startPolaris } from "@floe/tooling/polaris";
import type { Grant } from "floe-catalog-polaris/management";
import { afterAll, describe, expect, it } from "vitest";
import { configOf, polarisAs } from "./create-polaris.ts";

// No table is touched here: it needs nothing behind it.
const server = await startPolaris({ uri: "http://127.0.0.1:9", warehouse: "warehouse" } as RunningNessie);
afterAll(() => server[Symbol.asyncDispose]());
const { management } = polarisAs(server.root, configOf(server));
const S3 = {
  storageType: "S3",
  allowedLocations: ["s3://lake/wh/"],
  roleArn: "arn:aws:iam::1:role/lake",
} as const;

describe("catalogs", () => {
  it("are created, told, changed and told apart", async () => {
    const made = await management.catalogs.create({
      name: "sales & more",
      defaultBaseLocation: "s3://lake/wh",
      properties: { team: "sales" },
      storage: S3,
    });
    expect(made).toMatchObject({
      name: "sales & more",
      type: "INTERNAL",
      properties: { team: "sales", "default-base-location": "s3://lake/wh" },
      storageConfigInfo: S3,
    });
    expect(await management.catalogs.get("sales & more")).toEqual(made);
    expect((await management.catalogs.list()).map(({ name }) => name)).toContain("sales & more");
    const entityVersion = made.entityVersion ?? 0;
    const properties = { ...made.properties, team: "returns" };
    const changed = await management.catalogs.update("sales & more", { entityVersion, properties });
    expect(changed.properties?.team).toBe("returns");
    await expect(
      management.catalogs.update("sales & more", { entityVersion, properties }),
    ).rejects.toMatchObject({ code: "CATALOG.CONFLICT" });
  });

  it("are refused when they are there already, and when their storage isn't one", async () => {
    const catalog = { name: "twice", defaultBaseLocation: "s3://lake/twice", storage: S3 };
    await management.catalogs.create(catalog);
    await expect(management.catalogs.create(catalog)).rejects.toMatchObject({
      code: "CATALOG.EXISTS",
      summary: "There is already a catalog twice.",
    });
    await expect(
      management.catalogs.create({ ...catalog, name: "other", storage: { ...S3, bucket: "lake" } }),
    ).rejects.toMatchObject({
      code: "CATALOG.FAILED",
      why: expect.stringContaining("additional properties"),
    });
    await expect(management.catalogs.create({ ...catalog, name: "system$x" })).rejects.toMatchObject({
      code: "CATALOG.FAILED",
    });
    await expect(management.catalogs.get("nowhere")).rejects.toMatchObject({ code: "CATALOG.NOT_FOUND" });
    await expect(management.catalogs.get("..")).rejects.toMatchObject({ code: "CATALOG.INVALID_NAME" });
  });
});

describe("principals", () => {
  it("are created with a secret, which is told once and can be replaced", async () => {
    const { principal, credentials } = await management.principals.create("alice", {
      properties: { department: "engineering" },
    });
    expect(principal).toMatchObject({ name: "alice", properties: { department: "engineering" } });
    expect(JSON.stringify(await management.principals.get("alice"))).not.toContain(credentials.clientSecret);
    const alice = polarisAs(credentials, configOf(server));
    // She may have another secret for herself, and nothing more.
    const rotated = await alice.management.principals.rotateCredentials("alice");
    expect(rotated.credentials.clientId).toBe(credentials.clientId);
    expect(rotated.credentials.clientSecret).not.toBe(credentials.clientSecret);
    await expect(alice.management.principals.resetCredentials("alice")).rejects.toMatchObject({
      code: "CATALOG.FORBIDDEN",
    });
    const reset = await management.principals.resetCredentials("alice");
    expect(reset.credentials.clientSecret).not.toBe(rotated.credentials.clientSecret);
    await expect(management.principals.create("alice")).rejects.toMatchObject({ code: "CATALOG.EXISTS" });
  });

  it("are changed and dropped", async () => {
    const { principal } = await management.principals.create("bob");
    const entityVersion = principal.entityVersion ?? 0;
    const changed = await management.principals.update("bob", { entityVersion, properties: { a: "b" } });
    expect(changed.properties).toEqual({ a: "b" });
    expect((await management.principals.list()).map(({ name }) => name)).toContain("bob");
    await management.principals.drop("bob");
    await expect(management.principals.get("bob")).rejects.toMatchObject({
      code: "CATALOG.NOT_FOUND",
      summary: "There is no principal bob.",
    });
  });

  it("whose first secret is to be replaced can do that alone", async () => {
    const { credentials } = await management.principals.create("carol", { rotationRequired: true });
    const carol = polarisAs(credentials, configOf(server));
    await expect(carol.management.principals.list()).rejects.toMatchObject({ code: "CATALOG.FORBIDDEN" });
    await carol.management.principals.rotateCredentials("carol");
  });
});

describe("roles and grants", () => {
  it("lead from a principal to what may be done in a catalog, and back", async () => {
    await management.catalogs.create({ name: "lake", defaultBaseLocation: "s3://lake/wh", storage: S3 });
    await management.principals.create("dave");
    await management.principalRoles.create("engineer", { level: "2" });
    await expect(management.principalRoles.create("engineer")).rejects.toMatchObject({
      code: "CATALOG.EXISTS",
    });
    expect((await management.principalRoles.get("engineer")).properties).toEqual({ level: "2" });
    await management.principals.assignRole("dave", "engineer");
    expect((await management.principals.roles("dave")).map(({ name }) => name)).toEqual(["engineer"]);
    expect((await management.principalRoles.principals("engineer")).map(({ name }) => name)).toEqual([
      "dave",
    ]);

    const roles = management.catalogRoles("lake");
    await roles.create("orders");
    await expect(roles.create("orders")).rejects.toMatchObject({ code: "CATALOG.EXISTS" });
    const grants: Grant[] = [
      { type: "catalog", privilege: "NAMESPACE_LIST" },
      { type: "namespace", namespace: ["sales", "eu.west"], privilege: "TABLE_LIST" },
      { type: "table", namespace: ["sales"], tableName: "orders", privilege: "TABLE_READ_DATA" },
    ];
    for (const grant of grants) await roles.grant("orders", grant);
    expect(await roles.grants("orders")).toEqual(grants);
    const [first] = grants as [Grant];
    await roles.revoke("orders", first);
    expect(await roles.grants("orders")).toEqual(grants.slice(1));
    await expect(roles.revoke("orders", first)).rejects.toMatchObject({ code: "CATALOG.NOT_FOUND" });

    await management.principalRoles.assignCatalogRole("engineer", "lake", "orders");
    const assigned = await management.principalRoles.catalogRoles("engineer", "lake");
    expect(assigned.map(({ name }) => name)).toEqual(["orders"]);
    await management.principalRoles.revokeCatalogRole("engineer", "lake", "orders");
    expect(await management.principalRoles.catalogRoles("engineer", "lake")).toEqual([]);
    expect((await roles.list()).map(({ name }) => name)).toEqual(["catalog_admin", "orders"]);
    await roles.drop("orders");
    await expect(roles.get("orders")).rejects.toMatchObject({ code: "CATALOG.NOT_FOUND" });
    await management.principalRoles.drop("engineer");
    expect(await management.principals.roles("dave")).toEqual([]);
    expect((await management.principalRoles.list()).map(({ name }) => name)).toEqual(["service_admin"]);
  });

  it("can't be given where one of the two isn't there", async () => {
    await management.principals.create("erin");
    const missing = { code: "CATALOG.NOT_FOUND" };
    await expect(management.principals.assignRole("erin", "nobody")).rejects.toMatchObject(missing);
    await expect(management.principals.assignRole("nobody", "service_admin")).rejects.toMatchObject(missing);
    await expect(
      management.principalRoles.assignCatalogRole("service_admin", "nowhere", "x"),
    ).rejects.toMatchObject(missing);
    await expect(management.catalogRoles("nowhere").list()).rejects.toMatchObject(missing);
  });
});

it("can't be reached where its address isn't known", () => {
  const config = { ...configOf(server), uri: `${server.url}/polaris` };
  expect(() => polarisAs(server.root, config).management).toThrow(
    expect.objectContaining({ code: "PLUGIN.INVALID_CONFIG" }),
  );
  const elsewhere = { ...config, management_uri: `${server.url}/api/management/v1` };
  expect(polarisAs(server.root, elsewhere).management).toBeDefined();
});
