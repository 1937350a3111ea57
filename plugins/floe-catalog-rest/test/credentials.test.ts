import { describe, expect, it } from "vitest";
import { vendedCredentials } from "../src/credentials.ts";
import type { LoadedTable } from "../src/table-metadata.ts";

const table = (location: string, rest: Partial<LoadedTable> = {}): LoadedTable => ({
  metadata: { "format-version": 2, "table-uuid": "u", location },
  ...rest,
});
const key = (name: string) => ({ "s3.access-key-id": name, "s3.secret-access-key": `${name}-secret` });

describe("of what a catalog sends", () => {
  it("takes the credentials with the longest prefix that the table lies below", () => {
    const loaded = table("s3://lake/wh/orders", {
      config: { "s3.endpoint": "http://store", token: "for-the-catalog", ...key("wide") },
      "storage-credentials": [
        { prefix: "s3://lake", config: key("bucket") },
        { prefix: "s3://lake/wh/orders/", config: { ...key("table"), "s3.session-token": "t" } },
        { prefix: "s3://lake/wh/orders2", config: key("neighbour") },
        { prefix: "s3", config: key("any") },
        { prefix: "gs://lake", config: { "gcs.oauth2.token": "g" } },
      ],
    });
    expect(
      vendedCredentials("sales.orders", loaded, { "client.region": "eu", uri: "http://catalog" }),
    ).toEqual({
      properties: {
        "s3.endpoint": "http://store",
        "client.region": "eu",
        "s3.access-key-id": "table",
        "s3.secret-access-key": "table-secret",
        "s3.session-token": "t",
      },
      prefix: "s3://lake/wh/orders",
      expiresAt: null,
    });
    const elsewhere = { ...loaded, metadata: { ...loaded.metadata, location: "s3://other/orders" } };
    expect(vendedCredentials("sales.orders", elsewhere, {})).toMatchObject({
      properties: { "s3.access-key-id": "any" },
      prefix: "s3://other/orders",
    });
  });

  it("takes those in the table's config where there are no others, with their end", () => {
    const config = { ...key("table"), "s3.session-token-expires-at-ms": "1800000000000", "adls.token": "a" };
    expect(vendedCredentials("sales.orders", table("s3://lake/orders", { config }), {})).toEqual({
      properties: { ...key("table"), "s3.session-token-expires-at-ms": "1800000000000" },
      prefix: "s3://lake/orders",
      expiresAt: "2027-01-15T08:00:00.000Z",
    });
  });

  it("never takes keys that are for all tables in place of the table's", () => {
    const loaded = table("s3://lake/orders", { config: { "s3.session-token": "t" } });
    const { properties } = vendedCredentials("sales.orders", loaded, {
      ...key("shared"),
      "s3.endpoint": "e",
    });
    expect(properties).toEqual({ "s3.endpoint": "e", "s3.session-token": "t" });
  });

  it("takes Google's token and its end", () => {
    const config = { "gcs.oauth2.token": "g", "gcs.oauth2.token-expires-at": "1800000000000" };
    expect(vendedCredentials("t.t", table("gs://lake/t", { config }), {})).toEqual({
      properties: config,
      prefix: "gs://lake/t",
      expiresAt: "2027-01-15T08:00:00.000Z",
    });
  });

  it("takes the signature of Azure's account that the table lies in, and not its neighbour's", () => {
    const own = {
      "adls.sas-token.lake.dfs.core.windows.net": "sig",
      "adls.sas-token-expires-at-ms.lake.dfs.core.windows.net": "1800000000000",
    };
    const loaded = table("abfss://data@lake.dfs.core.windows.net/orders", {
      config: { ...own, "adls.sas-token.lake2.dfs.core.windows.net": "other" },
    });
    expect(vendedCredentials("t.t", loaded, {})).toMatchObject({
      properties: own,
      expiresAt: "2027-01-15T08:00:00.000Z",
    });
  });
});

describe("it isn't vending", () => {
  it.each([
    ["nothing", "s3://lake/t", {}],
    ["an endpoint alone", "s3://lake/t", { "s3.endpoint": "http://store" }],
    [
      "requests that the catalog signs",
      "s3://lake/t",
      { "s3.remote-signing-enabled": "true", "s3.signer.uri": "x" },
    ],
    ["keys of another kind of store", "gs://lake/t", key("s3")],
    ["keys for local files", "/var/lake/t", key("s3")],
  ])("to send %s", (_what, location, config) => {
    expect(() => vendedCredentials("t.t", table(location, { config }), {})).toThrow(
      expect.objectContaining({ code: "PLUGIN.UNSUPPORTED" }),
    );
  });
});
