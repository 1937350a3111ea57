import { floeSpecSchema, type RuleParams } from "@floe/core";
import { describe, expect, it } from "vitest";
import { product, withValue } from "./documents.ts";

const issuesOf = (document: unknown) =>
  (floeSpecSchema.safeParse(document).error?.issues ?? []).map((issue) => ({
    path: issue.path.join("."),
    code: issue.code === "custom" ? (issue.params as RuleParams).code : issue.code,
    message: issue.message,
  }));

describe("floe.yaml", () => {
  it("takes every key of the format, and fills in defaults", () => {
    const parsed = floeSpecSchema.parse(product());
    expect(parsed.transforms?.[1]?.qualityChecks?.[0]).toMatchObject({ severity: "critical", enabled: true });
    expect(parsed.ingestion?.sources[1]).toMatchObject({
      schemaContract: "evolve",
      primaryKey: ["day", "currency"],
    });
  });

  it("is short where nothing special is wanted", () => {
    const { apiVersion, kind } = product();
    expect(
      floeSpecSchema.parse({ apiVersion, kind, metadata: { name: "a", version: "1.0.0" }, schedule: null }),
    ).toEqual({
      apiVersion,
      kind,
      metadata: { name: "a", version: "1.0.0" },
      schedule: undefined,
    });
  });

  it.each<[string, (string | number)[], unknown, string, string?]>([
    ["an unknown key", ["transform"], [], "unrecognized_keys", ""],
    [
      "an unknown key of a transform",
      ["transforms", 0, "materialized"],
      "table",
      "unrecognized_keys",
      "transforms.0",
    ],
    ["another kind", ["kind"], "DataProduct", "invalid_value"],
    ["another apiVersion", ["apiVersion"], "floe.dev/v2", "invalid_value"],
    ["no metadata", ["metadata"], undefined, "invalid_type"],
    ["a name in capitals", ["metadata", "name"], "Orders", "invalid_format"],
    ["a version that YAML read as a number", ["metadata", "version"], 1.2, "invalid_type"],
    ["no transforms in the list", ["transforms"], [], "too_small"],
    ["a transform twice", ["transforms", 1, "name"], "bronze_orders", "CONFIG.INVALID_VALUE"],
    ["a tier that doesn't exist", ["transforms", 0, "tier"], "platinum", "invalid_value"],
    ["a dependency that isn't there", ["transforms", 1, "dependsOn", 0], "bronze_order", "CONFIG.REFERENCE"],
    ["a dependency on itself", ["transforms", 1, "dependsOn", 0], "gold_daily", "CONFIG.CYCLE"],
    ["a cron of four fields", ["schedule", "cron"], "0 6 * *", "CONFIG.INVALID_VALUE"],
    ["a cron of words", ["schedule", "cron"], "not a cron at all", "CONFIG.INVALID_VALUE"],
    ["a cron that never fires", ["schedule", "cron"], "0 0 30 2 *", "CONFIG.INVALID_VALUE"],
    ["a timezone on another planet", ["schedule", "timezone"], "Mars/Phobos", "CONFIG.INVALID_VALUE"],
    ["merge without a key", ["ingestion", "sources", 1, "primaryKey"], undefined, "CONFIG.MISSING_KEY"],
    ["a format that isn't loaded", ["ingestion", "sources", 0, "format"], "xml", "invalid_value"],
    ["a source of an unknown type", ["ingestion", "sources", 0, "sourceType"], "ftp", "invalid_union"],
    ["a source twice", ["ingestion", "sources", 1, "name"], "orders_files", "CONFIG.INVALID_VALUE"],
    [
      "two sources for one table",
      ["ingestion", "sources", 1, "destinationTable"],
      "raw.orders",
      "CONFIG.INVALID_VALUE",
    ],
    [
      "a credential in a path",
      ["ingestion", "sources", 0, "path"],
      "s3://x/y?access_key=1",
      "CONFIG.ENVIRONMENT_KEY",
    ],
    [
      "a password",
      ["destinations", 0, "config"],
      { deep: [{ Password: "x" }] },
      "CONFIG.ENVIRONMENT_KEY",
      "destinations.0.config.deep.0.Password",
    ],
    ["a schema of its own", ["schema"], "x", "CONFIG.ENVIRONMENT_KEY"],
    ["a weight out of range", ["transforms", 1, "qualityChecks", 0, "custom_weight"], 11, "too_big"],
    ["an output port without columns", ["outputPorts", 0, "schema"], [], "too_small"],
  ])("refuses %s", (_title, path, value, code, where) => {
    expect(issuesOf(withValue(product(), path, value))).toContainEqual(
      expect.objectContaining({ code, path: where ?? path.join(".") }),
    );
  });

  it("names the way round a longer circle", () => {
    const document = product();
    document.transforms = [
      { name: "a", dependsOn: ["b"] },
      { name: "b", dependsOn: ["c"] },
      { name: "c", dependsOn: ["a"] },
    ];
    const [issue] = floeSpecSchema.safeParse(document).error?.issues ?? [];
    expect(issue).toMatchObject({
      path: ["transforms", 2, "dependsOn", 0],
      params: { why: "a -> b -> c -> a" },
    });
  });

  it("tells all faults at once, rules across fields too", () => {
    const document = withValue(
      withValue(product(), ["metadata", "version"], 1),
      ["transforms", 1, "dependsOn"],
      ["x"],
    );
    document.extra = 1;
    expect(issuesOf(document).map(({ code }) => code)).toEqual([
      "invalid_type",
      "unrecognized_keys",
      "CONFIG.REFERENCE",
    ]);
  });

  it("follows a chain of thousands of transforms", () => {
    const length = 20_000;
    const document = product();
    const chain = (last: string) =>
      Array.from({ length }, (_, index) => ({
        name: `t${index}`,
        dependsOn: [index + 1 < length ? `t${index + 1}` : last],
      }));
    document.transforms = chain("t0");
    expect(issuesOf(document)).toEqual([
      expect.objectContaining({ code: "CONFIG.CYCLE", path: `transforms.${length - 1}.dependsOn.0` }),
    ]);
    document.transforms = chain("elsewhere");
    expect(issuesOf(document)).toEqual([
      expect.objectContaining({ code: "CONFIG.REFERENCE", path: `transforms.${length - 1}.dependsOn.0` }),
    ]);
  });

  it("tells two circles that share a transform apart", () => {
    const document = product();
    document.transforms = [
      { name: "a", dependsOn: ["b", "c"] },
      { name: "b", dependsOn: ["a"] },
      { name: "c", dependsOn: ["a"] },
    ];
    expect(issuesOf(document).map(({ path }) => path)).toEqual([
      "transforms.1.dependsOn.0",
      "transforms.2.dependsOn.0",
    ]);
  });

  it("tells an API's query parameters from what belongs to the platform", () => {
    const source = ["ingestion", "sources", 1];
    expect(issuesOf(withValue(product(), [...source, "params"], { port: "BER", schema: "v2" }))).toEqual([]);
    expect(issuesOf(withValue(product(), [...source, "params"], { api_key: "x" }))).toEqual([
      expect.objectContaining({ code: "CONFIG.ENVIRONMENT_KEY", path: "ingestion.sources.1.params.api_key" }),
    ]);
  });

  it("takes a kind of pagination with or without its settings", () => {
    for (const pagination of ["header_link", { type: "cursor", cursor_path: "meta.next" }, null]) {
      expect(issuesOf(withValue(product(), ["ingestion", "sources", 1, "pagination"], pagination))).toEqual(
        [],
      );
    }
  });

  it("lets a config be ten levels deep", () => {
    let config: unknown = "x";
    for (let level = 0; level < 10; level += 1)
      config = level % 2 === 0 ? { key: config } : { list: [config] };
    const nested = (levels: number): unknown => (levels === 0 ? 1 : { key: nested(levels - 1) });
    expect(issuesOf(withValue(product(), ["destinations", 0, "config"], nested(10)))).toEqual([]);
    for (const deeper of [nested(11), config]) {
      expect(issuesOf(withValue(product(), ["destinations", 0, "config"], deeper))).toEqual([
        expect.objectContaining({ code: "CONFIG.INVALID_VALUE", path: "destinations.0.config" }),
      ]);
    }
  });
});
