import {
  API_VERSION,
  checkApiVersion,
  completePlugin,
  definePlugin,
  ENTRY_POINT_GROUPS,
  ERROR_CODES,
  expectationSchema,
  FloeError,
  isFloeError,
  isPluginDefinition,
  kindOfGroup,
  PLUGIN_KINDS,
  type PluginImplementation,
} from "@floe/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";

describe("the API version", () => {
  it.each([
    ["1.0", "1.0", true],
    ["1.0.7", "1.0", true],
    ["1.2", "1.3.1", true],
    ["1.4", "1.3", "newer-minor"],
    ["2.0", "1.3", "newer-major"],
    ["0.9", "1.3", "older-major"],
    ["1", "1.3", "malformed"],
    ["01.0", "1.3", "malformed"],
    ["", "1.3", "malformed"],
  ])("%s on %s: %s", (plugin, host, expected) => {
    const fit = checkApiVersion(plugin, host);
    expect(fit.compatible ? true : fit.reason).toBe(expected);
  });

  it("is compatible with itself", () => {
    expect(checkApiVersion(API_VERSION).compatible).toBe(true);
  });
});

describe("a definition", () => {
  const definition = definePlugin({
    kind: "storage",
    name: "s3",
    configSchema: z.strictObject({}),
    create: () => ({}) as PluginImplementation<"storage">,
  });

  it("is recognised by its brand, from any copy of core", () => {
    expect(isPluginDefinition(definition)).toBe(true);
    expect(isPluginDefinition({ ...definition })).toBe(true);
    const { kind, name, configSchema, create } = definition;
    expect(isPluginDefinition({ kind, name, configSchema, create })).toBe(false);
    for (const value of [
      null,
      undefined,
      "s3",
      { ...definition, kind: "stores" },
      { ...definition, create: 1 },
    ]) {
      expect(isPluginDefinition(value)).toBe(false);
    }
  });

  it("can't be changed", () => {
    expect(() => Object.assign(definition, { name: "other" })).toThrow(TypeError);
  });
});

describe("kinds", () => {
  it("are ten, each with the specification's group", () => {
    expect(PLUGIN_KINDS).toHaveLength(10);
    for (const kind of PLUGIN_KINDS) expect(kindOfGroup(ENTRY_POINT_GROUPS[kind])).toBe(kind);
    expect(kindOfGroup("floe.stores")).toBeUndefined();
  });
});

describe("a completed plugin", () => {
  class Compute {
    readonly isSelfHosted = true;
    #calls = 0;
    getRequiredDbtPackages(): string[] {
      this.#calls += 1;
      return [`dbt-x==${this.#calls}`];
    }
  }
  const identity = { name: "x", version: "1.0.0", floeApiVersion: "1.0" };
  const complete = (implementation: object) =>
    completePlugin("compute", identity, implementation as PluginImplementation<"compute">);

  it("has its identity, its methods on the right `this`, and the specification's defaults", () => {
    const plugin = complete(new Compute());
    expect([plugin.name, plugin.version, plugin.floeApiVersion]).toEqual(["x", "1.0.0", "1.0"]);
    const { getRequiredDbtPackages } = plugin;
    expect([getRequiredDbtPackages(), getRequiredDbtPackages()]).toEqual([["dbt-x==1"], ["dbt-x==2"]]);
    expect(plugin.getCatalogAttachmentSql({} as never)).toBeNull();
    expect(plugin.startup).toBeUndefined();
    expect("getCatalogAttachmentSql" in plugin).toBe(true);
  });

  it("prefers what is implemented, and works on frozen objects", () => {
    const plugin = complete(Object.freeze({ getCatalogAttachmentSql: () => ["ATTACH"] }));
    expect(plugin.getCatalogAttachmentSql({} as never)).toEqual(["ATTACH"]);
  });
});

describe("an error", () => {
  it("is recognised from any copy, and is data without its cause", () => {
    const error = new FloeError("CONFIG.SYNTAX", "No.", { next: ["Mend it."], cause: new Error("inner") });
    expect(isFloeError(error)).toBe(true);
    expect(isFloeError(new Error("No."))).toBe(false);
    expect(error.exitCode).toBe(4);
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: "CONFIG.SYNTAX",
      severity: "error",
      summary: "No.",
      next: ["Mend it."],
    });
  });

  it("has a code of two parts with a meaning that is a sentence", () => {
    for (const [code, { meaning }] of Object.entries(ERROR_CODES)) {
      expect(code).toMatch(/^[A-Z]+\.[A-Z_]+$/);
      expect(meaning).toMatch(/^[A-Z`].*\.$/);
    }
  });
});

describe("expectations", () => {
  const common = { name: "e", table: ["main", "orders"] };

  it("have severity and class by default", () => {
    expect(expectationSchema.parse({ ...common, type: "not_null", column: "id" })).toMatchObject({
      severity: "error",
      class: "standard",
    });
  });

  it.each([
    { type: "between", column: "a" },
    { type: "row_count_between" },
    { type: "mean_between", column: "a" },
    { type: "not_null" },
    { type: "unique", columns: [] },
    { type: "quantile_between", column: "a", quantile: 2, min: 1 },
    { type: "always_true" },
    { type: "expression", expression: "a > 0", column: "a" },
  ])("are refused when they can't be evaluated: %j", (expectation) => {
    expect(expectationSchema.safeParse({ ...common, ...expectation }).success).toBe(false);
  });
});
