import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject, ValidationResult } from "@floe/core";
import { createTestContext } from "@floe/testkit/check";
import plugin from "floe-dq-dbt";
import { describe, expect, it, onTestFinished } from "vitest";

const manifest = JSON.parse(
  readFileSync(new URL("dbt/manifest.json", import.meta.url), "utf8"),
) as JsonObject;

async function validate(text: string, against = manifest): Promise<ValidationResult> {
  const dir = mkdtempSync(join(tmpdir(), "floe-dq-dbt-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, "schema.yml"), text);
  const context = createTestContext({ kind: "data_quality", name: "dbt_expectations", dir });
  return plugin.create({}, context).validateConfig("schema.yml", against);
}

describe("a properties file of dbt", () => {
  it("that dbt itself took has no findings", async () => {
    const text = readFileSync(new URL("dbt/models/schema.yml", import.meta.url), "utf8");
    expect(await validate(text)).toEqual({ success: true, errors: [], warnings: [] });
  });

  it("is told what it names that isn't there, with its line", async () => {
    const { success, errors } = await validate(`
models:
  - name: order
    columns:
      - name: id
        data_tests: [is_odd]
  - name: orders
    data_tests:
      - dbt_expectations.expect_nothing: {min_value: 1}
      - other_package.is_fine
    columns:
      - name: ID
      - name: price
        tests:
          - name: a_custom_name
            test_name: not_nul
sources:
  - name: raw
    tables:
      - name: seeded
      - name: nothing
`);
    expect(success).toBe(false);
    expect(errors.map(({ line, subject, file }) => [line, subject, file])).toEqual([
      [3, "order", "schema.yml"],
      [6, "is_odd", "schema.yml"],
      [9, "dbt_expectations.expect_nothing", "schema.yml"],
      [10, "other_package.is_fine", "schema.yml"],
      [13, "orders.price", "schema.yml"],
      [16, "not_nul", "schema.yml"],
      [21, "raw.nothing", "schema.yml"],
    ]);
    expect(errors[3]?.suggestion).toMatch(/other_package to packages\.yml/);
    expect(errors[4]?.suggestion).toMatch(/customer, .*status/);
  });

  it("may name any column of a model for which the manifest has none", async () => {
    const model = { unique_id: "model.shop.plain", resource_type: "model", name: "plain" };
    const plain = { nodes: { [model.unique_id]: model }, disabled: { "model.shop.off": [] } };
    const text = "models: [{name: plain, columns: [{name: any}]}, {name: off, columns: [{name: any}]}]";
    expect((await validate(text, plain)).errors).toEqual([]);
  });

  it("may use tests of known packages where the manifest has no macros", async () => {
    const { macros: _, ...bare } = manifest;
    const text = (test: string) => `models: [{name: orders, data_tests: [${test}]}]`;
    expect((await validate(text("dbt_expectations.expect_table_row_count_to_equal"), bare)).success).toBe(
      true,
    );
    expect((await validate(text("dbt_expectations.expect_miracles"), bare)).success).toBe(false);
  });

  it("is told where its YAML is wrong, or isn't what dbt reads", async () => {
    expect((await validate("models:\n  - name: orders\n  - name: [\n")).errors[0]).toMatchObject({
      code: "CONFIG.SYNTAX",
      line: 4,
    });
    expect((await validate("- orders\n")).errors).toMatchObject([{ code: "CONFIG.NOT_A_MAPPING", line: 1 }]);
    expect((await validate("version: 2\nmodels: nothing\n")).errors).toEqual([]);
  });
});
