import { manifestSchema, type RuleParams } from "@floe/core";
import fc from "fast-check";
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

  it("answers any value with a result or issues", () => {
    fc.assert(fc.property(fc.anything(), (value) => void manifestSchema.safeParse(value)));
    const paths = [
      ["metadata"],
      ["plugins"],
      ["plugins", "quality"],
      ["plugins", "quality", "config"],
      ["governance"],
      ["governance", "naming"],
      ["artifacts"],
      ["resource_presets", "small"],
    ];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        manifestSchema.safeParse(withValue(manifest(), path, value));
      }),
    );
  });
});
