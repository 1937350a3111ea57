import { manifestSchema, type RuleParams } from "@floe/core";
import { describe, expect, it } from "vitest";
import { manifest, withValue } from "./documents.ts";

const issuesOf = (document: unknown) =>
  (manifestSchema.safeParse(document).error?.issues ?? []).map((issue) => ({
    path: issue.path.join("."),
    code: issue.code === "custom" ? (issue.params as RuleParams).code : issue.code,
  }));

describe("manifest.yaml", () => {
  it("takes the Python floe's format, with one spelling for quality afterwards", () => {
    const parsed = manifestSchema.parse(manifest());
    expect(parsed.plugins).not.toHaveProperty("quality");
    expect(parsed.plugins.data_quality).toMatchObject({
      type: "great_expectations",
      check_timeout_seconds: 60,
      quality_gates: { gold: { min_test_coverage: 100, overridable: false } },
    });
    expect(parsed.resource_presets?.small).toEqual({
      requests: { cpu: "500m", memory: "512Mi" },
      limits: { cpu: "500m", memory: "512Mi" },
    });
    expect(parsed.resource_presets?.large?.requests.cpu).toBe("2");
  });

  it("takes the specification's form, percentages included", () => {
    const document = withValue(manifest(), ["plugins", "quality"], undefined);
    const parsed = manifestSchema.parse(
      withValue(document, ["plugins", "data_quality"], {
        provider: "custom",
        config: {
          quality_gates: { bronze: { min_test_coverage: "50%" }, gold: { min_test_coverage: 99.5 } },
          weights: { critical_checks: 3.0 },
          sample_rows: 5,
        },
      }),
    );
    expect(parsed.plugins.data_quality).toMatchObject({
      type: "custom",
      config: { sample_rows: 5 },
      quality_gates: { bronze: { min_test_coverage: 50 }, gold: { min_test_coverage: 99.5 } },
      weights: { critical_checks: 3, standard_checks: 1, statistical_checks: 0.5 },
    });
  });

  it.each<[string, (string | number)[], unknown, string, string?]>([
    ["an unknown key at the top", ["plugin"], {}, "unrecognized_keys", ""],
    ["an unknown kind of plugin", ["plugins", "computes"], { type: "x" }, "unrecognized_keys", "plugins"],
    [
      "an unknown key of a selection",
      ["plugins", "compute", "provider"],
      "x",
      "unrecognized_keys",
      "plugins.compute",
    ],
    ["a selection without type", ["plugins", "compute", "type"], undefined, "invalid_type"],
    ["a type of blanks", ["plugins", "compute", "type"], "  ", "too_small"],
    ["quality without a framework", ["plugins", "quality", "provider"], undefined, "CONFIG.MISSING_KEY"],
    [
      "quality twice",
      ["plugins", "data_quality"],
      { provider: "custom" },
      "CONFIG.DUPLICATE_KEY",
      "plugins.quality",
    ],
    [
      "a percentage over 100",
      ["plugins", "quality", "quality_gates", "gold", "min_test_coverage"],
      "120%",
      "invalid_union",
    ],
    ["a name of two frameworks", ["plugins", "quality", "type"], "soda", "CONFIG.INVALID_VALUE"],
    [
      "a setting beside and below config",
      ["plugins", "quality", "config"],
      { check_timeout_seconds: 5 },
      "CONFIG.DUPLICATE_KEY",
      "plugins.quality.check_timeout_seconds",
    ],
    [
      "patterns that nothing asks for",
      ["governance", "naming", "custom_patterns"],
      ["^x$"],
      "CONFIG.INVALID_VALUE",
    ],
    ["a reserved name", ["metadata", "name"], "default", "CONFIG.INVALID_VALUE"],
    ["an environment", ["prod"], {}, "CONFIG.ENVIRONMENT_KEY"],
    ["a parent without being a domain", ["parent_manifest"], "../x.yaml", "INHERITANCE.SCOPE"],
    ["products outside of a domain", ["approved_products"], ["a"], "INHERITANCE.SCOPE"],
    [
      "plugins approved outside of an enterprise",
      ["scope"],
      undefined,
      "INHERITANCE.SCOPE",
      "approved_plugins",
    ],
    ["sinks approved outside of an enterprise", ["scope"], undefined, "INHERITANCE.SCOPE", "approved_sinks"],
    ["a domain without a parent", ["scope"], "domain", "INHERITANCE.SCOPE", "parent_manifest"],
    [
      "custom naming without patterns",
      ["governance", "naming", "pattern"],
      "custom",
      "CONFIG.MISSING_KEY",
      "governance.naming.custom_patterns",
    ],
    [
      "a pattern that can take forever",
      ["governance", "naming"],
      { pattern: "custom", custom_patterns: ["^(a+)+$"] },
      "CONFIG.INVALID_VALUE",
      "governance.naming.custom_patterns.0",
    ],
    [
      "a pattern that is none",
      ["governance", "naming"],
      { pattern: "custom", custom_patterns: ["("] },
      "CONFIG.INVALID_VALUE",
      "governance.naming.custom_patterns.0",
    ],
    ["a rule of an unknown type", ["governance", "custom_rules", 0, "type"], "require_luck", "invalid_union"],
    [
      "an override without a reason",
      ["governance", "policy_overrides", 0, "reason"],
      undefined,
      "invalid_type",
    ],
    [
      "weights that don't add up",
      ["plugins", "quality", "dimension_weights"],
      { completeness: 0.9 },
      "CONFIG.INVALID_VALUE",
    ],
    [
      "a preset that is no quantity",
      ["resource_presets", "small", "memory"],
      "lots",
      "invalid_union",
      "resource_presets.small",
    ],
    [
      "a registry that isn't OCI",
      ["artifacts"],
      { registry: { uri: "https://x", auth: { type: "anonymous" } } },
      "invalid_format",
      "artifacts.registry.uri",
    ],
    [
      "a login without credentials",
      ["artifacts"],
      { registry: { uri: "oci://xy", auth: { type: "token" } } },
      "CONFIG.MISSING_KEY",
      "artifacts.registry.auth.credentials_ref",
    ],
  ])("refuses %s", (_title, path, value, code, where) => {
    expect(issuesOf(withValue(manifest(), path, value))).toContainEqual({
      code,
      path: where ?? path.join("."),
    });
  });

  it("takes all three spellings of a resource preset", () => {
    const flat = { cpu_request: "250m", memory_request: "256Mi", cpu_limit: 1, memory_limit: "1Gi" };
    expect(
      manifestSchema.parse(withValue(manifest(), ["resource_presets"], { flat })).resource_presets,
    ).toEqual({
      flat: { requests: { cpu: "250m", memory: "256Mi" }, limits: { cpu: "1", memory: "1Gi" } },
    });
  });

  it("leaves a kind that isn't selected unset: defaults are the host's", () => {
    const { plugins } = manifestSchema.parse(
      withValue(manifest(), ["plugins"], { secrets: { type: "vault" } }),
    );
    expect(Object.entries(plugins).filter(([, selection]) => selection !== undefined)).toEqual([
      ["secrets", { type: "vault" }],
    ]);
  });

  it("tells faults of several rules at once", () => {
    const document = withValue(
      withValue(manifest(), ["metadata"], { name: "root", version: 1 }),
      ["scope"],
      "domain",
    );
    expect(issuesOf({ ...document, env: {}, extra: 1 })).toEqual(
      expect.arrayContaining([
        { code: "invalid_type", path: "metadata.version" },
        { code: "invalid_type", path: "metadata.owner" },
        { code: "unrecognized_keys", path: "" },
        { code: "CONFIG.INVALID_VALUE", path: "metadata.name" },
        { code: "CONFIG.ENVIRONMENT_KEY", path: "env" },
        { code: "INHERITANCE.SCOPE", path: "parent_manifest" },
        { code: "INHERITANCE.SCOPE", path: "approved_plugins" },
      ]),
    );
  });

  it("draws no conclusions from a scope that doesn't exist", () => {
    expect(issuesOf(withValue(manifest(), ["scope"], "galaxy"))).toEqual([
      { code: "invalid_value", path: "scope" },
    ]);
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    [
      "keyless signing without issuer",
      { signing: { mode: "keyless" } },
      "CONFIG.MISSING_KEY",
      "signing.oidc_issuer",
    ],
    [
      "keyless signing with a key",
      { signing: { mode: "keyless", oidc_issuer: "https://issuer.example", private_key_ref: { name: "k" } } },
      "CONFIG.INVALID_VALUE",
      "signing.private_key_ref",
    ],
    [
      "signing by a key that isn't named",
      { signing: { mode: "key-based" } },
      "CONFIG.MISSING_KEY",
      "signing.private_key_ref",
    ],
    [
      "verification against nobody",
      { verification: {} },
      "CONFIG.MISSING_KEY",
      "verification.trusted_issuers",
    ],
    [
      "an issuer of anybody",
      { verification: { trusted_issuers: [{ issuer: "https://issuer.example" }] } },
      "CONFIG.INVALID_VALUE",
      "verification.trusted_issuers.0.subject",
    ],
    [
      "a subject that can take forever",
      { verification: { trusted_issuers: [{ issuer: "https://issuer.example", subject_regex: "(a+)+" }] } },
      "CONFIG.INVALID_VALUE",
      "verification.trusted_issuers.0.subject_regex",
    ],
    [
      "a login nobody asked for",
      { auth: { type: "anonymous", credentials_ref: { name: "k" } } },
      "CONFIG.INVALID_VALUE",
      "auth.credentials_ref",
    ],
  ])("refuses a registry with %s", (_title, part, code, where) => {
    const registry = { uri: "oci://registry.example/floe", auth: { type: "anonymous" }, ...part };
    expect(issuesOf(withValue(manifest(), ["artifacts"], { registry }))).toEqual([
      { code, path: `artifacts.registry.${where}` },
    ]);
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    [
      "two environments of a name",
      {
        environments: [
          { name: "dev", gates: {} },
          { name: "dev", gates: {} },
        ],
      },
      "CONFIG.INVALID_VALUE",
      "environments.1.name",
    ],
    [
      "the policy gate off",
      { environments: [{ name: "dev", gates: { policy_compliance: false } }] },
      "CONFIG.INVALID_VALUE",
      "environments.0.gates.policy_compliance",
    ],
    [
      "a webhook for nothing",
      { webhooks: [{ url: "https://hook.example", events: [] }] },
      "too_small",
      "webhooks.0.events",
    ],
  ])("refuses promotion with %s", (_title, promotion, code, where) => {
    const registry = { uri: "oci://registry.example/floe", auth: { type: "anonymous" } };
    expect(issuesOf(withValue(manifest(), ["artifacts"], { registry, promotion }))).toEqual([
      { code, path: `artifacts.promotion.${where}` },
    ]);
  });
});
