import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimProperties, type DbtManifest, FloeError, type NamespacePropertyChanges } from "@floe/core";
import { afterAll, describe, expect, it } from "vitest";
import { claimNamespaces, namespaceClaims } from "../../src/claim/claim.ts";
import { namespacesOf } from "../../src/claim/namespaces.ts";
import { originOf, productIdentity } from "../../src/claim/product-identity.ts";
import type { Product } from "../../src/project/product.ts";

const dir = mkdtempSync(join(tmpdir(), "floe-claim-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A catalog that is as thin as can be, shared by products. */
class SharedCatalog {
  readonly namespaces = new Map<string, Record<string, string>>();
  /** Called before each change, as another process might come between. */
  before: () => void = () => {};
  readonlyNamespaces = false;

  readonly plugin = {
    name: "rest",
    connect: async () => this,
    createNamespace: async (namespace: string, properties: Record<string, string> = {}) => {
      this.before();
      if (this.namespaces.has(namespace)) throw new FloeError("CATALOG.EXISTS", "It is there.");
      this.namespaces.set(namespace, { ...properties });
    },
  };
  async loadNamespaceProperties(namespace: string) {
    const found = this.namespaces.get(namespace);
    if (found === undefined) throw new FloeError("CATALOG.NOT_FOUND", "It isn't there.");
    return { ...found };
  }
  async updateNamespaceProperties(namespace: string, { set = {}, remove = [] }: NamespacePropertyChanges) {
    if (this.readonlyNamespaces) throw new FloeError("CATALOG.FORBIDDEN", "Not you.");
    const found = this.namespaces.get(namespace) ?? {};
    for (const key of remove) delete found[key];
    Object.assign(found, set);
    this.before();
  }
}

/** As much of a product as a claim looks at. */
function product(
  catalog: SharedCatalog,
  { name = "orders", repository = "github.com/acme/orders", owner = "", version = "1.0.0" } = {},
): Product {
  const labels = repository === "" ? {} : { repository: `https://${repository}.git` };
  return {
    spec: {
      metadata: { name, version, owner, labels },
      ingestion: { sources: [{ name: "raw", destinationTable: "raw.orders" }] },
    },
    manifest: { metadata: { name: "acme" } },
    plugins: { get: (kind: string) => (kind === "catalog" ? catalog.plugin : undefined) },
    computeConfig: { catalog: { name: "lake" } },
    project: { paths: { projectDir: dir }, env: process.env, logger: { info: () => {} } },
  } as unknown as Product;
}

const node = (schema: string, resource_type = "model", materialized = "table") => ({
  resource_type,
  database: "lake",
  schema,
  name: "orders",
  alias: "orders",
  config: { materialized },
});
const MANIFEST = {
  nodes: {
    a: node("orders"),
    b: node("orders_gold"),
    c: node("orders"),
    d: node("elsewhere", "model", "ephemeral"),
    e: node("tests", "test"),
    f: { ...node("local"), database: "memory" },
  },
  sources: { s: { database: "lake", schema: "raw", name: "orders", identifier: "orders" } },
} as unknown as DbtManifest;

const orders = {
  id: "default.orders",
  name: "orders",
  version: "1.0.0",
  repository: "github.com/acme/orders",
  owner: "",
};

describe("a run", () => {
  it("claims what it builds in, and not what it only loads into", async () => {
    const catalog = new SharedCatalog();
    catalog.namespaces.set("orders_gold", { location: "s3://lake/gold" });
    expect(namespacesOf(product(catalog), MANIFEST)).toEqual({
      own: ["orders", "orders_gold"],
      others: ["raw"],
    });
    expect(await claimNamespaces(product(catalog), MANIFEST)).toEqual([]);
    expect(Object.fromEntries(catalog.namespaces)).toEqual({
      orders: claimProperties(orders),
      orders_gold: { location: "s3://lake/gold", ...claimProperties(orders) },
    });
  });

  it("goes on in what it holds, and keeps it current", async () => {
    const catalog = new SharedCatalog();
    await claimNamespaces(product(catalog, { owner: "ada" }), MANIFEST);
    catalog.before = () => expect.unreachable("nothing is to be changed");
    await claimNamespaces(product(catalog, { owner: "ada" }), MANIFEST);
    catalog.before = () => {};
    await claimNamespaces(product(catalog, { version: "2.0.0" }), MANIFEST);
    expect(catalog.namespaces.get("orders")).toEqual(claimProperties({ ...orders, version: "2.0.0" }));
  });

  it.each([
    ["another product", { name: "returns" }],
    ["the same product in another repository", { repository: "github.com/acme/fork" }],
    ["the same product whose repository isn't known", { repository: "" }],
  ])("of %s is refused, and leaves nothing", async (_who, changes) => {
    const catalog = new SharedCatalog();
    catalog.namespaces.set("orders_gold", claimProperties(orders));
    await expect(claimNamespaces(product(catalog, changes), MANIFEST)).rejects.toMatchObject({
      code: "CATALOG.CLAIMED",
      summary: "The namespace orders_gold belongs to the product default.orders of github.com/acme/orders.",
    });
    expect([...catalog.namespaces.keys()]).toEqual(["orders_gold"]);
  });

  it("is refused where it would load into another product's namespace", async () => {
    const catalog = new SharedCatalog();
    catalog.namespaces.set("raw", claimProperties({ ...orders, id: "default.returns" }));
    await expect(claimNamespaces(product(catalog), MANIFEST)).rejects.toMatchObject({
      code: "CATALOG.CLAIMED",
    });
  });

  it("loses against who creates the namespace at the same time", async () => {
    const catalog = new SharedCatalog();
    catalog.before = () =>
      catalog.namespaces.set("orders", claimProperties({ ...orders, id: "default.other" }));
    await expect(claimNamespaces(product(catalog), MANIFEST)).rejects.toMatchObject({
      code: "CATALOG.CLAIMED",
    });
    expect(catalog.namespaces.get("orders")?.["floe.product.id"]).toBe("default.other");
  });

  it("sees that another marked the same namespace after it", async () => {
    const catalog = new SharedCatalog();
    catalog.namespaces.set("orders", {});
    catalog.before = () =>
      Object.assign(
        catalog.namespaces.get("orders") ?? {},
        claimProperties({ ...orders, id: "default.other" }),
      );
    await expect(claimNamespaces(product(catalog), MANIFEST)).rejects.toMatchObject({
      code: "CATALOG.CLAIMED",
    });
  });

  it("goes on with a warning where the credential may not mark the namespace", async () => {
    const catalog = new SharedCatalog();
    catalog.namespaces.set("orders", {}).set("orders_gold", {});
    catalog.readonlyNamespaces = true;
    const warnings = await claimNamespaces(product(catalog), MANIFEST);
    expect(warnings.map(({ code, severity }) => [code, severity])).toEqual([
      ["CATALOG.FORBIDDEN", "warning"],
      ["CATALOG.FORBIDDEN", "warning"],
    ]);
  });
});

it("says beforehand how namespaces stand, and changes none", async () => {
  const catalog = new SharedCatalog();
  catalog.namespaces.set("free", {}).set("held", claimProperties(orders));
  catalog.namespaces.set("taken", claimProperties({ ...orders, id: "default.other" }));
  catalog.before = () => expect.unreachable("nothing is to be changed");
  const claims = await namespaceClaims(product(catalog), {
    own: ["free", "held", "none"],
    others: ["taken"],
  });
  expect(claims.map(({ namespace, verdict }) => [namespace, verdict.state])).toEqual([
    ["free", "free"],
    ["held", "held"],
    ["none", "missing"],
    ["taken", "taken"],
  ]);
});

describe("a product's repository", () => {
  const git = (...parameters: string[]) => execFileSync("git", parameters, { cwd: dir });

  it("is what its label says, else where git's origin leads, without credentials", async () => {
    const unknown = product(new SharedCatalog(), { repository: "" });
    expect((await productIdentity(unknown)).repository).toBe("");
    git("init", "--quiet");
    git("remote", "add", "origin", "https://someone:something@git.acme.example/data/orders.git");
    expect((await productIdentity(unknown)).repository).toBe("git.acme.example/data/orders");
    expect((await productIdentity(product(new SharedCatalog()))).repository).toBe("github.com/acme/orders");
  });

  it("isn't known without git", async () => {
    expect(await originOf(dir, { PATH: "/nowhere" })).toBe("");
  });
});
