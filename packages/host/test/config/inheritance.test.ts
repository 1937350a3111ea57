import { join } from "node:path";
import { governanceSchema } from "@floe/core";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { z } from "zod";
import { loadConfiguration } from "../../src/config/load-configuration.ts";
import { GATE_TIGHTENING, GOVERNANCE_TIGHTENING, type Tightening } from "../../src/config/tightening.ts";
import { tempProject } from "../support/temp-project.ts";

const head = (name: string, more: object) => ({
  apiVersion: "floe.dev/v1",
  kind: "Manifest",
  metadata: { name, version: "1.0.0", owner: "platform@example.com" },
  plugins: {},
  ...more,
});

function load(parent: object, child: object) {
  const dir = tempProject({
    "company/manifest.yaml": stringify(head("company", { scope: "enterprise", ...parent })),
    "sales/manifest.yaml": stringify(
      head("sales", { scope: "domain", parent_manifest: "../company/manifest.yaml", ...child }),
    ),
  });
  return loadConfiguration({ manifestFile: join(dir, "sales/manifest.yaml") }, dir);
}

/** The value `path` leads to, as a mapping: `a.b` gives `{a: {b: value}}`. */
const nested = (path: string, value: unknown): Record<string, unknown> =>
  path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Record<string, unknown>;

/** A stricter and a weaker value for every rule that has them: [parent, stricter, weaker]. */
function examples(path: string, { rule, ...more }: Tightening): [unknown, unknown, unknown] | undefined {
  if (rule === "rises") {
    const { order } = more as { order: unknown[] };
    return [order[1], order.at(-1), order[0]];
  }
  if (rule === "never falls") return [50, 60, 40];
  if (rule === "holds all") return [["not_null"], ["not_null", "unique"], ["unique"]];
  if (rule === "only from") {
    const override = (pattern: string) => ({ pattern, action: "exclude", reason: "r" });
    const entries = path.startsWith("network")
      ? [{ a: 1 }, { b: 1 }]
      : path === "policy_overrides"
        ? [override("x"), override("y")]
        : ["a", "b"];
    return [[entries[0]], [], entries];
  }
  if (path === "naming.pattern") return ["medallion", "medallion", "kimball"];
  if (path === "rbac.required_role") return ["admin", "admin", "viewer"];
  return undefined;
}

describe("a child manifest", () => {
  const rules = Object.entries(GOVERNANCE_TIGHTENING).flatMap(([path, rule]) => {
    const values = examples(path, rule);
    return values === undefined ? [] : [{ path, values }];
  });

  it.each(rules)("may tighten governance.$path", ({ path, values: [parent, stricter] }) => {
    const { faults, manifest } = load(
      { governance: nested(path, parent) },
      { governance: nested(path, stricter) },
    );
    expect(faults).toEqual([]);
    const effective = path
      .split(".")
      .reduce<unknown>((inner, key) => (inner as Record<string, unknown>)?.[key], manifest?.governance);
    expect(effective).toEqual(stricter);
  });

  it.each(rules)("may not loosen governance.$path", ({ path, values: [parent, , weaker] }) => {
    const { faults, manifest } = load(
      { governance: nested(path, parent) },
      { governance: nested(path, weaker) },
    );
    expect(faults).toMatchObject([
      { code: "POLICY.LOOSENED", where: { file: "sales/manifest.yaml", path: `governance.${path}` } },
    ]);
    expect(faults[0]?.where?.line).toBeGreaterThan(8);
    expect(faults[0]?.why).toMatch(/^company\/manifest\.yaml:\d+ sets it to ./);
    const effective = path
      .split(".")
      .reduce<unknown>((inner, key) => (inner as Record<string, unknown>)?.[key], manifest?.governance);
    expect(effective).toEqual(parent);
  });

  it("keeps what it doesn't mention, and adds to lists of rules", () => {
    const rule = (field: string) => ({ type: "require_meta_field", field });
    const { faults, manifest } = load(
      {
        governance: {
          pii_encryption: "required",
          custom_rules: [rule("owner")],
          naming: { enforcement: "strict" },
        },
      },
      { governance: { custom_rules: [rule("sla")], naming: { pattern: "medallion" } } },
    );
    expect(faults).toEqual([]);
    expect(manifest?.governance).toMatchObject({
      pii_encryption: "required",
      naming: { enforcement: "strict" },
      custom_rules: [{ field: "owner" }, { field: "sla" }],
    });
  });

  it("isn't blamed for defaults that it never wrote", () => {
    const { faults, manifest } = load(
      { governance: { quality_gates: { minimum_test_coverage: 95 } } },
      { governance: { quality_gates: { require_descriptions: true } } },
    );
    expect(faults).toEqual([]);
    expect(manifest?.governance?.quality_gates).toMatchObject({
      minimum_test_coverage: 95,
      require_descriptions: true,
    });
  });

  it("is held to what the parent's defaults mean", () => {
    const { faults } = load(
      { governance: { quality_gates: {} } },
      { governance: { quality_gates: { block_on_failure: false } } },
    );
    expect(faults).toMatchObject([
      { code: "POLICY.LOOSENED", why: expect.stringContaining("leaves it at true") },
    ]);
  });

  it.each(["40%", 40, "40 %"])("may not loosen a percentage written as %j", (weaker) => {
    const { faults, manifest } = load(
      { governance: { quality_gates: { minimum_test_coverage: "80%" } } },
      { governance: { quality_gates: { minimum_test_coverage: weaker } } },
    );
    expect(faults).toMatchObject([
      { code: "POLICY.LOOSENED", why: expect.stringMatching(/:\d+ sets it to 80,/) },
    ]);
    expect(manifest?.governance?.quality_gates?.minimum_test_coverage).toBe(80);
  });

  it("that replaces the naming of its parent is told so, and nothing breaks", () => {
    const { faults, manifest } = load(
      { governance: { naming: { enforcement: "strict" } } },
      { governance: { naming: { pattern: "custom", custom_patterns: ["^x_"] } } },
    );
    expect(faults).toMatchObject([{ code: "POLICY.LOOSENED", where: { path: "governance.naming.pattern" } }]);
    expect(manifest?.governance?.naming?.pattern).toBe("medallion");
  });

  it("may keep some of its parent's exceptions, and add none", () => {
    const except = (pattern: string) => ({ pattern, action: "exclude", reason: "r" });
    const parent = { governance: { policy_overrides: [except("a"), except("b")] } };
    const kept = load(parent, { governance: { policy_overrides: [except("b")] } });
    expect(kept.faults).toEqual([]);
    expect(kept.manifest?.governance?.policy_overrides).toMatchObject([{ pattern: "b" }]);
  });

  it("lays settings over its parent's key by key, without its own defaults", () => {
    const { faults, manifest } = load(
      {
        defaults: { region: "eu", tier: "gold" },
        observability: { logging: { level: "DEBUG" }, tracing: { enabled: false } },
        resource_presets: { small: { cpu: "1", memory: "1Gi" } },
      },
      {
        defaults: { tier: "silver" },
        observability: { logging: { format: "text" } },
        resource_presets: { large: { cpu: "4", memory: "8Gi" } },
      },
    );
    expect(faults).toEqual([]);
    expect(manifest?.defaults).toEqual({ region: "eu", tier: "silver" });
    expect(manifest?.observability).toMatchObject({
      logging: { level: "DEBUG", format: "text" },
      tracing: { enabled: false },
    });
    expect(Object.keys(manifest?.resource_presets ?? {})).toEqual(["small", "large"]);
  });

  describe("with signatures", () => {
    const artifacts = (verification: object, more: object = {}) => ({
      artifacts: {
        registry: {
          uri: "oci://registry.example.com/floe",
          auth: { type: "anonymous" },
          verification: { public_key_ref: { source: "env", name: "PUBLIC" }, ...verification },
          ...more,
        },
      },
    });

    it.each<[string, object, object]>([
      ["enforcement", { enforcement: "warn" }, {}],
      ["environments", { environments: { prod: { enforcement: "off" } } }, {}],
      ["grace_period_days", { grace_period_days: 90 }, {}],
      ["tls_verify", {}, { tls_verify: false }],
    ])("may not loosen %s", (key, verification, more) => {
      const { faults } = load(artifacts({}), artifacts(verification, more));
      expect(faults).toMatchObject([
        { code: "POLICY.LOOSENED", where: { path: expect.stringMatching(key) } },
      ]);
    });

    it("may tighten their verification, and change what isn't about them", () => {
      const { faults, manifest } = load(
        artifacts({}, { cache: { max_size_gb: 5 } }),
        artifacts({ require_sbom: true }, { cache: { ttl_hours: 1 } }),
      );
      expect(faults).toEqual([]);
      expect(manifest?.artifacts?.registry).toMatchObject({
        verification: { require_sbom: true },
        cache: { max_size_gb: 5, ttl_hours: 1 },
      });
    });
  });

  describe("with quality gates", () => {
    const gates = (gold: object) => ({
      plugins: { data_quality: { provider: "custom", quality_gates: { gold } } },
    });

    it.each(Object.entries(GATE_TIGHTENING))("may tighten and not loosen %s", (key, rule) => {
      const [parent, stricter, weaker] =
        rule.rule === "rises" ? [true, false, undefined] : (examples(key, rule) ?? []);
      expect(load(gates({ [key]: parent }), gates({ [key]: stricter })).faults).toEqual([]);
      if (weaker === undefined) return;
      expect(load(gates({ [key]: parent }), gates({ [key]: weaker })).faults).toMatchObject([
        { code: "POLICY.LOOSENED", where: { path: `plugins.data_quality.quality_gates.gold.${key}` } },
      ]);
    });

    it.each([
      { min_test_coverage: 90 },
      { required_tests: ["unique"] },
      { min_score: 99 },
      { overridable: true },
    ])("may not touch a tier that isn't overridable: %j", (change) => {
      const { faults, manifest } = load(gates({ min_test_coverage: 80, overridable: false }), gates(change));
      expect(faults).toMatchObject([{ code: "POLICY.LOOSENED" }]);
      expect(manifest?.plugins.data_quality?.quality_gates?.gold).toEqual({
        min_test_coverage: 80,
        overridable: false,
      });
    });

    it("may repeat what a tier says that isn't overridable", () => {
      const tier = { required_tests: ["unique", "not_null"], overridable: false };
      expect(load(gates(tier), gates({ required_tests: ["not_null", "unique"] })).faults).toEqual([]);
    });

    it("keeps its parent's tiers that it doesn't mention", () => {
      const { manifest } = load(gates({ min_score: 90 }), {
        plugins: { quality: { provider: "soda", quality_gates: { silver: { min_score: 70 } } } },
      });
      expect(manifest?.plugins.data_quality).toMatchObject({
        type: "soda",
        quality_gates: { gold: { min_score: 90 }, silver: { min_score: 70 } },
      });
    });

    const quality = (settings: object) => ({ plugins: { quality: { provider: "custom", ...settings } } });

    it.each<[string, object, object]>([
      ["enabled", {}, { enabled: false }],
      ["enabled", {}, { config: { enabled: false } }],
      ["thresholds.min_score", { thresholds: { min_score: 80 } }, { thresholds: { min_score: 79 } }],
      ["calculation.baseline_score", { thresholds: {} }, { calculation: { baseline_score: 100 } }],
      [
        "weights.critical_checks",
        { quality_gates: { gold: { min_score: 90 } } },
        { config: { weights: { critical_checks: 0.1 } } },
      ],
    ])("may not get round them by %s", (path, parent, child) => {
      expect(load(quality(parent), quality(child)).faults).toMatchObject([
        { code: "POLICY.LOOSENED", where: { path: expect.stringMatching(new RegExp(`${path}$`)) } },
      ]);
    });

    it("may score as it likes where its parent asks for no score", () => {
      const { faults, manifest } = load(quality({}), quality({ calculation: { baseline_score: 50 } }));
      expect(faults).toEqual([]);
      expect(manifest?.plugins.data_quality?.calculation?.baseline_score).toBe(50);
    });

    it("isn't blamed for defaults beside what it wrote", () => {
      const parent = quality({ thresholds: { min_score: 80 } });
      const { faults, manifest } = load(parent, quality({ thresholds: { warn_score: 95 } }));
      expect(faults).toEqual([]);
      expect(manifest?.plugins.data_quality?.thresholds).toEqual({ min_score: 80, warn_score: 95 });
    });

    it("is found in the specification's spelling and in the Python floe's", () => {
      const spelled = {
        plugins: {
          quality: { provider: "custom", config: { quality_gates: { gold: { min_test_coverage: "10%" } } } },
        },
      };
      expect(load(gates({ min_test_coverage: 100 }), spelled).faults).toMatchObject([
        { where: { path: "plugins.quality.config.quality_gates.gold.min_test_coverage" } },
      ]);
    });
  });

  it("overrides plugins kind by kind, and inherits the rest whole", () => {
    const { manifest } = load(
      { plugins: { compute: { type: "duckdb", config: { threads: 1 } }, storage: { type: "aws-s3" } } },
      { plugins: { compute: { type: "spark" } } },
    );
    expect(manifest?.plugins.compute).toEqual({ type: "spark" });
    expect(manifest?.plugins.storage).toEqual({ type: "s3" });
  });

  it("leaves no key of governance without a rule", () => {
    interface Schema {
      properties?: Record<string, Schema>;
      anyOf?: Schema[];
      description?: string;
    }
    const leaves = (schema: Schema, path: string): string[] => {
      const mapping = schema.properties ?? schema.anyOf?.find((one) => one.properties)?.properties;
      if (mapping === undefined) return [path];
      return Object.entries(mapping).flatMap(([key, inner]) =>
        leaves(inner, path === "" ? key : `${path}.${key}`),
      );
    };
    const keys = leaves(z.toJSONSchema(governanceSchema, { io: "input" }) as Schema, "");
    expect(keys.toSorted()).toEqual(Object.keys(GOVERNANCE_TIGHTENING).toSorted());
  });
});

describe("a chain of manifests", () => {
  const write = (files: Record<string, object>) => {
    const dir = tempProject(
      Object.fromEntries(Object.entries(files).map(([name, more]) => [name, stringify(head("x1", more))])),
    );
    return loadConfiguration({ manifestFile: join(dir, "a.yaml") }, dir);
  };
  const child = (parent: string) => ({ scope: "domain", parent_manifest: parent });

  it.each<[string, Record<string, object>, object]>([
    [
      "has no parent file",
      { "a.yaml": child("b.yaml") },
      { code: "CONFIG.NOT_FOUND", where: { file: "a.yaml", line: 9 } },
    ],
    [
      "has a folder for a parent",
      { "a.yaml": child(".") },
      { code: "CONFIG.UNREADABLE", where: { file: "a.yaml", line: 9, column: 18 } },
    ],
    ["names itself", { "a.yaml": child("a.yaml") }, { code: "INHERITANCE.CYCLE", why: "a.yaml -> a.yaml" }],
    [
      "goes in a circle",
      { "a.yaml": child("b.yaml"), "b.yaml": child("a.yaml") },
      { code: "INHERITANCE.CYCLE", why: "a.yaml -> b.yaml -> a.yaml" },
    ],
    [
      "has a domain for a parent",
      { "a.yaml": child("b.yaml"), "b.yaml": child("c.yaml"), "c.yaml": { scope: "enterprise" } },
      { code: "INHERITANCE.SCOPE" },
    ],
    [
      "has a parent without scope",
      { "a.yaml": child("b.yaml"), "b.yaml": {} },
      { code: "INHERITANCE.SCOPE" },
    ],
    [
      "names a registry",
      { "a.yaml": child("oci://host/x") },
      { code: "CONFIG.INVALID_VALUE", where: { line: 9 } },
    ],
    [
      "has faults above",
      { "a.yaml": child("b.yaml"), "b.yaml": { scope: "enterprise", extra: 1 } },
      { code: "CONFIG.UNKNOWN_KEY", where: { file: "b.yaml" } },
    ],
  ])("that %s is refused", (_title, files, fault) => {
    const { manifest, faults } = write(files);
    expect(faults).toMatchObject([fault]);
    expect(manifest).toBeUndefined();
  });

  it("tells the faults of a child and its parent at once", () => {
    const { faults } = write({
      "a.yaml": { ...child("b.yaml"), one: 1 },
      "b.yaml": { scope: "enterprise", two: 2 },
    });
    expect(faults.map(({ code, where }) => [code, where?.file])).toEqual([
      ["CONFIG.UNKNOWN_KEY", "a.yaml"],
      ["CONFIG.UNKNOWN_KEY", "b.yaml"],
    ]);
  });

  it("says how a platform is organised", () => {
    expect(write({ "a.yaml": {} }).mode).toBe("simple");
    expect(write({ "a.yaml": { scope: "enterprise" } }).mode).toBe("centralized");
    expect(write({ "a.yaml": child("b.yaml"), "b.yaml": { scope: "enterprise" } }).mode).toBe("mesh");
  });
});
