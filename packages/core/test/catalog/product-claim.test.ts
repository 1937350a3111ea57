import { claimProperties, claimRefusal, judgeClaim, type ProductIdentity, repositoryName } from "@floe/core";
import { describe, expect, it } from "vitest";

const orders: ProductIdentity = {
  id: "sales.orders",
  name: "orders",
  version: "1.2.0",
  repository: "github.com/acme/orders",
  owner: "sales@acme.example",
};

describe("a claim", () => {
  it("is free where nobody has claimed, whatever other properties say", () => {
    expect(judgeClaim({ location: "s3://lake/x", owner: "someone" }, orders)).toEqual({ state: "free" });
  });

  it("is held by what it was claimed with, and stale once that changed", () => {
    expect(claimProperties(orders)).toEqual({
      "floe.product.id": "sales.orders",
      "floe.product.name": "orders",
      "floe.product.version": "1.2.0",
      "floe.product.repository": "github.com/acme/orders",
      "floe.product.owner": "sales@acme.example",
    });
    expect(judgeClaim(claimProperties(orders), orders)).toEqual({ state: "held", stale: false });
    const next = { ...orders, version: "1.3.0" };
    expect(judgeClaim(claimProperties(orders), next)).toEqual({ state: "held", stale: true });
  });

  it.each([
    ["another product", { id: "sales.returns" }],
    ["the same product in another repository", { repository: "github.com/acme/fork" }],
    ["the same product of which no repository is known", { repository: "" }],
  ])("is taken to %s", (_who, changes) => {
    const other = { ...orders, ...changes };
    expect(judgeClaim(claimProperties(orders), other)).toEqual({ state: "taken", holder: orders });
    const refusal = claimRefusal("sales", orders, other);
    expect(refusal.code).toBe("CATALOG.CLAIMED");
    expect(refusal.summary).toBe(
      "The namespace sales belongs to the product sales.orders of github.com/acme/orders.",
    );
    expect(refusal.why).toContain("sales@acme.example answers for it.");
    expect(refusal.next[0]).toContain(other.repository === "" ? "metadata.labels.repository" : "of its own");
  });

  it("without a repository is completed by one of the same product", () => {
    const unknown = claimProperties({ ...orders, repository: "" });
    expect(judgeClaim(unknown, orders)).toEqual({ state: "held", stale: true });
    expect(judgeClaim(unknown, { ...orders, id: "sales.returns" }).state).toBe("taken");
  });
});

describe("a repository's name", () => {
  it.each([
    "git@github.com:acme/orders.git",
    "https://github.com/acme/orders.git",
    "https://someone:something@GitHub.com/acme/orders/",
    "ssh://git@github.com/acme/orders.git",
    "github.com/acme/orders",
  ])("is the same for %s", (address) => {
    expect(repositoryName(address)).toBe("github.com/acme/orders");
  });

  it("keeps a port, which is another server", () => {
    expect(repositoryName("https://git.acme.example:8443/data/orders.git")).toBe(
      "git.acme.example:8443/data/orders",
    );
  });

  it.each(["", "/srv/git/orders.git", "../orders", "C:\\git\\orders", "file:///srv/git/orders.git"])(
    "is empty for %j",
    (address) => {
      expect(repositoryName(address)).toBe("");
    },
  );
});
