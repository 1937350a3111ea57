import { join } from "node:path";
import { ERROR_CODES, type ErrorCode, floeSpecSchema, manifestSchema } from "@floe/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { faultsFrom } from "../../src/config/faults.ts";
import { loadConfiguration } from "../../src/config/load-configuration.ts";
import { parseYamlDocument } from "../../src/config/yaml-document.ts";
import { tempProject, writeFiles } from "../support/temp-project.ts";

const MANIFEST = `apiVersion: floe.dev/v1
kind: Manifest
metadata: {name: acme, version: 1.0.0, owner: platform@example.com}
plugins:
  compute: {type: duckdb}
`;
const PRODUCT = `apiVersion: floe.dev/v1
kind: FloeSpec
metadata: {name: orders, version: 1.0.0}
transforms:
  - name: gold_orders
    compute: duckdb
destinations:
  - {name: crm, sink_type: rest_api, connection_secret_ref: crm}
`;

function load(files: Record<string, string>, floeFile = "floe.yaml") {
  const dir = tempProject(files);
  return loadConfiguration({ floeFile: join(dir, floeFile) }, dir);
}

describe("a product's configuration", () => {
  it("finds the manifest that it names, or the nearest above", () => {
    const named = PRODUCT.replace("transforms:", "platform: {manifest: ../platform/acme.yaml}\ntransforms:");
    expect(
      load({ "a/floe.yaml": named, "platform/acme.yaml": MANIFEST }, "a/floe.yaml").manifest?.metadata.name,
    ).toBe("acme");
    const nearest = load({ "a/b/floe.yaml": PRODUCT, "manifest.yaml": MANIFEST }, "a/b/floe.yaml");
    expect(nearest.manifest?.metadata.name).toBe("acme");
    expect(nearest.faults).toEqual([]);
  });

  it("says where the manifest was looked for", () => {
    const named = PRODUCT.replace("transforms:", "platform: {manifest: ../acme.yaml}\ntransforms:");
    expect(load({ "floe.yaml": named }).faults).toMatchObject([
      { code: "CONFIG.NOT_FOUND", where: { file: "floe.yaml", line: 4, column: 22 } },
    ]);
  });

  it("tells the faults of both files at once, by file and line", () => {
    const { faults } = load({
      "floe.yaml": PRODUCT.replace("version: 1.0.0", "version: 1").concat("extra: 1\n"),
      "manifest.yaml": MANIFEST.replace("type:", "typ:"),
    });
    expect(faults.map(({ code, where }) => `${where?.file}:${where?.line} ${code}`)).toEqual([
      "floe.yaml:3 CONFIG.INVALID_VALUE",
      "floe.yaml:9 CONFIG.UNKNOWN_KEY",
      "manifest.yaml:5 CONFIG.MISSING_KEY",
      "manifest.yaml:5 CONFIG.UNKNOWN_KEY",
    ]);
  });

  it("tells a misplaced key once, by the rule that knows it", () => {
    const { faults } = load({
      "floe.yaml": `${PRODUCT}password: x\n`,
      "manifest.yaml": `${MANIFEST}prod: {}\n`,
    });
    expect(faults.map(({ code }) => code)).toEqual(["CONFIG.ENVIRONMENT_KEY", "CONFIG.ENVIRONMENT_KEY"]);
  });

  it.each<[string, string, string, ErrorCode, number]>([
    [
      "a plugin",
      "approved_plugins: {compute: [spark]}",
      PRODUCT.replace("    compute: duckdb\n", ""),
      "POLICY.NOT_APPROVED",
      5,
    ],
    [
      "a transform's compute",
      "approved_plugins: {compute: [duckdb]}",
      PRODUCT.replace("compute: duckdb", "compute: spark"),
      "POLICY.NOT_APPROVED",
      6,
    ],
    [
      "a compute that isn't selected",
      "defaults: {}",
      PRODUCT.replace("compute: duckdb", "compute: spark"),
      "POLICY.NOT_APPROVED",
      6,
    ],
    ["a sink", "approved_sinks: [kafka]", PRODUCT, "POLICY.NOT_APPROVED", 8],
    ["a kind that doesn't exist", "approved_plugins: {computes: [duckdb]}", PRODUCT, "CONFIG.REFERENCE", 7],
  ])("is held to the company's lists: %s", (_title, list, product, code, line) => {
    const { faults } = load({
      "floe.yaml": product,
      "manifest.yaml": `${MANIFEST}scope: enterprise\n${list}\n`,
    });
    expect(faults.map(({ code, where }) => [code, where?.line])).toEqual([[code, line]]);
  });

  it("is held to its domain's list of products", () => {
    const dir = tempProject({ "company.yaml": `${MANIFEST}scope: enterprise\n`, "floe.yaml": PRODUCT });
    writeFiles(dir, {
      "manifest.yaml": `${MANIFEST}scope: domain\nparent_manifest: company.yaml\napproved_products: [order]\n`,
    });
    expect(loadConfiguration({ floeFile: join(dir, "floe.yaml") }, dir).faults).toMatchObject([
      {
        code: "POLICY.NOT_APPROVED",
        where: { file: "floe.yaml", line: 3 },
        next: ['Did you mean "order"?', expect.any(String)],
      },
    ]);
  });

  it("approves plugins by every name that they may be written with", () => {
    const lists = "approved_plugins: {dbt: [core], quality: [soda], secrets: [k8s]}";
    const plugins = "  dbt: {type: local}\n  quality: {provider: soda}\n  secrets: {type: k8s}\n";
    const manifest = `${MANIFEST}${plugins}scope: enterprise\n${lists}\n`;
    expect(load({ "floe.yaml": PRODUCT, "manifest.yaml": manifest }).faults).toEqual([]);
    const refused = load({ "floe.yaml": PRODUCT, "manifest.yaml": manifest.replace("[soda]", "[custom]") });
    expect(refused.faults).toMatchObject([
      { code: "POLICY.NOT_APPROVED", where: { line: 7, column: 23, path: "plugins.quality.provider" } },
    ]);
  });

  it("places what is inherited in the file that it comes from", () => {
    const dir = tempProject({
      "company.yaml": `${MANIFEST}  storage: {type: s3, config: {bucket: 1}}\n  quality: {provider: soda, config: {rows: x}}\nscope: enterprise\n`,
      "manifest.yaml": `${MANIFEST}  data_quality: {type: soda, config: {limit: y}}\nscope: domain\nparent_manifest: company.yaml\n`,
    });
    const configuration = loadConfiguration({ manifestFile: join(dir, "manifest.yaml") }, dir);
    expect(configuration.faults).toEqual([]);
    const places = (kind: string, schema: z.ZodType) => {
      const selected = configuration.manifest?.plugins[kind as "storage"]?.config;
      const { error } = schema.safeParse(selected);
      return configuration
        .faultsInManifest(["plugins", kind, "config"], error?.issues ?? [], schema, "PLUGIN.INVALID_CONFIG")
        .map(({ code, where }) => [code, where?.file, where?.line, where?.column]);
    };
    expect(places("storage", z.strictObject({ bucket: z.string() }))).toEqual([
      ["PLUGIN.INVALID_CONFIG", "company.yaml", 6, 40],
    ]);
    expect(places("data_quality", z.strictObject({ rows: z.number(), limit: z.number() }))).toEqual([
      ["PLUGIN.INVALID_CONFIG", "company.yaml", 7, 44],
      ["PLUGIN.INVALID_CONFIG", "manifest.yaml", 6, 46],
    ]);
  });

  it("doesn't look for a manifest above its repository, and takes floe's own platform where there is none", () => {
    const files = { "manifest.yaml": MANIFEST, "repo/.git/HEAD": "", "repo/a/floe.yaml": PRODUCT };
    const alone = load(files, "repo/a/floe.yaml");
    expect(alone.faults).toEqual([]);
    expect(alone.manifest?.metadata.name).toBe("embedded");
    const inside = { ...files, "repo/manifest.yaml": MANIFEST };
    expect(load(inside, "repo/a/floe.yaml").faults).toEqual([]);
  });

  it("takes the Python floe's names of plugins", () => {
    const manifest = `${MANIFEST}  dbt: {type: core}\n  storage: {type: aws-s3}\n`;
    const { plugins } = load({ "floe.yaml": PRODUCT, "manifest.yaml": manifest }).manifest ?? {};
    expect([plugins?.dbt?.type, plugins?.storage?.type]).toEqual(["local", "s3"]);
  });
});

describe("any input", () => {
  const formats = {
    "floe.yaml": [PRODUCT, floeSpecSchema],
    "manifest.yaml": [MANIFEST, manifestSchema],
  } as const;

  /** A valid result, or coded faults that each have a place. */
  const check = (text: string, [, schema]: (typeof formats)[keyof typeof formats]): void => {
    const { document, faults: read } = parseYamlDocument(text, "x.yaml");
    const result = document && schema.safeParse(document.value);
    const faults = document && result?.error ? faultsFrom(result.error.issues, document, { schema }) : read;
    if (result?.success) expect(faults).toEqual([]);
    else expect(faults.length).toBeGreaterThan(0);
    for (const { code, summary, where } of faults) {
      expect(ERROR_CODES).toHaveProperty([code]);
      expect(summary).not.toMatch(/undefined|\[object/);
      expect(where?.line).toBeGreaterThan(0);
      expect(where?.column).toBeGreaterThan(0);
    }
  };

  it.each(Object.entries(formats))("as %s gives a result or coded faults", (_name, format) => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => check(text, format)),
      { numRuns: 300 },
    );
    const yamlish = fc.array(
      fc.constantFrom(
        "a: ",
        "- ",
        "\n",
        "  ",
        "\t",
        "&x ",
        "*x",
        "{",
        "}",
        "[",
        "]",
        "'",
        '"',
        ": ",
        "? ",
        "|",
        ">",
        "!!str ",
        "---",
        "#",
        "<<: ",
        "1.0",
        "null",
        "kind: ",
        "metadata: ",
        "plugins: ",
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(yamlish, (parts) => check(parts.join(""), format)),
      { numRuns: 500 },
    );
  });

  it.each(Object.entries(formats))("that nearly is a %s gives a result or coded faults", (_name, format) => {
    const document = parse(format[0]) as Record<string, unknown>;
    const keys = fc.constantFrom(
      ...Object.keys(document),
      "governance",
      "schedule",
      "ingestion",
      "approved_plugins",
      "outputPorts",
    );
    fc.assert(
      fc.property(keys, fc.jsonValue({ maxDepth: 4 }), (key, value) =>
        check(stringify({ ...document, [key]: value }), format),
      ),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.nat(format[0].length), fc.nat(3), fc.string({ maxLength: 3 }), (at, cut, insert) =>
        check(format[0].slice(0, at) + insert + format[0].slice(at + cut), format),
      ),
      { numRuns: 300 },
    );
  });

  it("of a parent and its child gives a result or coded faults", () => {
    const dir = tempProject({});
    const governance = fc.record(
      {
        naming: fc.record(
          {
            enforcement: fc.constantFrom("off", "warn", "strict", null),
            pattern: fc.constantFrom("medallion", "custom"),
            custom_patterns: fc.constantFrom(["^a"], null),
          },
          { requiredKeys: [] },
        ),
        quality_gates: fc.record(
          { minimum_test_coverage: fc.constantFrom(50, "60%", 70), block_on_failure: fc.boolean() },
          { requiredKeys: [] },
        ),
        policy_overrides: fc.constantFrom([], null, 5),
        data_retention_days: fc.oneof(fc.integer(), fc.string()),
      },
      { requiredKeys: [] },
    );
    const quality = fc.record(
      {
        provider: fc.constantFrom("custom", "constructor"),
        enabled: fc.boolean(),
        quality_gates: fc.dictionary(
          fc.constantFrom("gold", "silver"),
          fc.constantFrom({ min_score: 1 }, {}, null),
        ),
        thresholds: fc.constantFrom({}, { min_score: 5 }, null),
        config: fc.constantFrom({}, { enabled: false }, { weights: null }, null),
      },
      { requiredKeys: ["provider"] },
    );
    const section = fc.record(
      { governance, plugins: fc.record({ quality }), extra: fc.jsonValue() },
      { requiredKeys: ["plugins"] },
    );
    fc.assert(
      fc.property(section, section, (above, below) => {
        const head = parse(MANIFEST) as object;
        writeFiles(dir, {
          "company.yaml": stringify({ ...head, ...above, scope: "enterprise" }),
          "manifest.yaml": stringify({ ...head, ...below, scope: "domain", parent_manifest: "company.yaml" }),
        });
        const { manifest, faults } = loadConfiguration({ manifestFile: join(dir, "manifest.yaml") }, dir);
        expect(manifest !== undefined || faults.length > 0).toBe(true);
        for (const { code, where } of faults) {
          expect(ERROR_CODES).toHaveProperty([code]);
          expect(where?.line).toBeGreaterThan(0);
        }
        // What holds in the end is never weaker than what the parent says on its own.
        const gates = manifest?.governance?.quality_gates;
        const asked = (
          above.governance?.quality_gates as { minimum_test_coverage?: number | string } | undefined
        )?.minimum_test_coverage;
        if (gates !== undefined && asked !== undefined) {
          expect(gates.minimum_test_coverage).toBeGreaterThanOrEqual(Number.parseFloat(String(asked)));
        }
      }),
      { numRuns: 200 },
    );
  });
});
