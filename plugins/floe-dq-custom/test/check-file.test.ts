import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject, ValidationResult } from "@floe/core";
import { createTestContext } from "@floe/testkit/check";
import plugin from "floe-dq-custom";
import { describe, expect, it, onTestFinished } from "vitest";

const model = (name: string, columns: string[]): JsonObject => ({
  unique_id: `model.shop.${name}`,
  resource_type: "model",
  name,
  schema: "main",
  columns: Object.fromEntries(columns.map((column) => [column, { name: column }])),
});
const MANIFEST: JsonObject = {
  nodes: {
    "model.shop.orders": model("orders", ["id", "customer_id"]),
    "model.shop.customers": model("customers", []),
  },
};

function validate(text: string): Promise<ValidationResult> {
  const dir = mkdtempSync(join(tmpdir(), "floe-dq-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, "checks.yml"), text);
  const context = createTestContext({ kind: "data_quality", name: "custom", dir });
  return plugin.create(plugin.configSchema.parse({}), context).validateConfig("checks.yml", MANIFEST);
}

describe("a check file", () => {
  it("is valid where models, columns and expectations are what they should be", async () => {
    const { success, errors } = await validate(`
models:
  orders:
    - { type: unique, columns: [id] }
    - { name: known, type: relationships, column: customer_id, to: customers, field: id }
    - { type: row_count_between, min: 1 }
  customers:
    - { type: not_null, column: whatever }
`);
    expect([success, errors]).toEqual([true, []]);
  });

  it("is told each fault with its line", async () => {
    const { success, errors } = await validate(`models:
  orders:
    - type: not_null
      column: idd
    - type: between
      column: id
    - type: is_nice
    - type: not_null
      column: id
      columns: [id]
  order:
    - { type: row_count_between, min: 1 }
  customers: none
`);
    expect(success).toBe(false);
    expect(errors.map(({ code, line, file }) => [code, line, file])).toEqual([
      ["CONFIG.REFERENCE", 4, "checks.yml"],
      ["QUALITY.INVALID_EXPECTATION", 5, "checks.yml"],
      ["QUALITY.INVALID_EXPECTATION", 7, "checks.yml"],
      ["QUALITY.INVALID_EXPECTATION", 8, "checks.yml"],
      ["CONFIG.REFERENCE", 11, "checks.yml"],
      ["CONFIG.INVALID_VALUE", 13, "checks.yml"],
    ]);
    expect(errors[0]).toMatchObject({
      subject: "orders.not_null",
      suggestion: expect.stringContaining("customer_id"),
    });
  });

  it.each([
    ["models: [", "CONFIG.SYNTAX", 1],
    ["", "CONFIG.MISSING_KEY", 1],
    ["\nchecks: {}", "CONFIG.MISSING_KEY", 1],
    ["models:\n  orders:\n    - just text", "QUALITY.INVALID_EXPECTATION", 3],
  ])("that is %j is none", async (text, code, line) => {
    expect((await validate(text)).errors[0]).toMatchObject({ code, line, file: "checks.yml" });
  });
});
