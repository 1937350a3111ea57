import { readFileSync } from "node:fs";
import {
  type ExpectationResult,
  expectationSchema,
  type JsonObject,
  type PluginImplementation,
} from "@floe/core";
import { createTestContext } from "@floe/testkit/check";
import plugin from "floe-dq-dbt";
import { describe, expect, it } from "vitest";

/**
 * What dbt-core 1.12.6 with dbt-duckdb 1.11.1 made of `dbt build` in the folder `dbt`, cut to what is read.
 */
function artefact(name: string): JsonObject {
  return JSON.parse(readFileSync(new URL(`dbt/${name}`, import.meta.url), "utf8")) as JsonObject;
}

function quality(): PluginImplementation<"data_quality"> {
  const context = createTestContext({ kind: "data_quality", name: "dbt_expectations", dir: "/nowhere" });
  return plugin.create({}, context);
}

function read(manifest: JsonObject, runResults: JsonObject) {
  const result = quality().readDbtResults?.(manifest, runResults);
  if (result === undefined) throw new Error("readDbtResults is missing.");
  return result;
}

const built = read(artefact("manifest.json"), artefact("run-results.json"));

function of(name: string): ExpectationResult {
  const found = built.results.find(({ expectation }) => expectation.name === name);
  if (found === undefined) throw new Error(`There is no result of ${name}.`);
  return found;
}

describe("a dbt build", () => {
  it("gives each data test as a result that the vocabulary's schema takes, and no model", () => {
    expect(built.results).toHaveLength(23);
    for (const { expectation } of built.results)
      expect(expectationSchema.parse(expectation)).toEqual(expectation);
    expect(built.success).toBe(false);
    expect(built.executionTimeSeconds).toBeGreaterThan(0);
  });

  it("gives dbt's verdicts and numbers", () => {
    const verdicts = ["unique_customers_id", "orders_of_known_customers", "not_null_orders_customer"].map(
      (name) => {
        const { status, failingRows, expectation } = of(name);
        return [status, failingRows, expectation.severity];
      },
    );
    expect(verdicts).toEqual([
      ["passed", 0, "error"],
      ["failed", 1, "error"],
      ["failed", 1, "warn"],
    ]);
  });

  it("takes a test that was run into a warning by its thresholds as a warning", () => {
    const { status, failingRows, expectation, message } = of("is_even_orders_id");
    expect({ status, failingRows, severity: expectation.severity, message }).toEqual({
      status: "failed",
      failingRows: 4,
      severity: "warn",
      message: "Got 4 results, configured to warn if >2",
    });
  });

  it("tells a test that couldn't run as an error with the engine's words, and a skipped one as skipped", () => {
    const { status, failingRows, message } = of("not_null_orders_shipped_at");
    expect({ status, failingRows }).toEqual({ status: "error", failingRows: null });
    expect(message).toMatch(/column "shipped_at" not found/);
    expect(of("not_null_broken_id")).toMatchObject({ status: "skipped", failingRows: null });
    expect(of("not_null_broken_id").message).toMatch(/skipped/);
  });

  it("puts tests into the common vocabulary", () => {
    const table = ["shop", "main", "orders"];
    expect(of("unique_orders_id")).toMatchObject({
      expectation: { type: "unique", columns: ["id"], where: "amount is not null", table },
      observed: "1 repeated key",
    });
    expect(of("accepted_values_orders_status__placed__paid")).toMatchObject({
      expectation: { type: "accepted_values", column: "status", values: ["placed", "paid"] },
      observed: "1 other value",
    });
    expect(of("orders_of_known_customers").expectation).toMatchObject({
      type: "relationships",
      column: "customer",
      to: ["shop", "main", "customers"],
      field: "id",
    });
    expect(of("dbt_utils_unique_combination_of_columns_orders_id__customer").expectation).toMatchObject({
      type: "unique",
      columns: ["id", "customer"],
    });
    expect(of("dbt_utils_expression_is_true_orders_amount_0").expectation).toMatchObject({
      type: "expression",
      expression: "amount > 0",
    });
    expect(of("dbt_utils_expression_is_true_orders_amount___100").expectation).toMatchObject({
      expression: "amount < 100",
    });
  });

  it("puts tests of dbt_expectations into it too, those about the whole table without a number of rows", () => {
    const starting = (start: string) =>
      built.results.find(({ expectation }) => expectation.name.startsWith(`dbt_expectations_${start}`));
    expect(starting("expect_column_values_to_be_between")).toMatchObject({
      expectation: { type: "between", column: "amount", min: 0, max: 100, where: "status = 'paid'" },
      status: "passed",
    });
    expect(starting("expect_column_mean")).toMatchObject({
      expectation: { type: "mean_between", min: 0, max: 5, class: "statistical" },
      status: "failed",
      failingRows: null,
    });
    expect(starting("expect_table_row_count")).toMatchObject({
      expectation: { type: "row_count_between", min: 1, max: 3, class: "standard" },
      failingRows: null,
    });
    expect(starting("expect_row_values_to_have_recent_data")).toMatchObject({
      expectation: { type: "freshness", column: "ordered_at", maxAgeHours: 48 },
    });
  });

  it("keeps tests that the vocabulary has no word for as dbt's own", () => {
    const expressions = ["is_even_orders_id", "orders_have_customers", "two_and_two"].map((name) => {
      const { expectation } = of(name);
      return expectation.type === "expression" && [expectation.expression, expectation.table.at(-1)];
    });
    expect(expressions).toEqual([
      ['dbt test is_even(column_name="id")', "orders"],
      ["dbt test tests/orders_have_customers.sql", "orders"],
      ["dbt test tests/two_and_two.sql", "two_and_two"],
    ]);
  });

  it("names tables as they are in the database: alias, custom schema, identifier of a source", () => {
    expect(of("not_null_orders_copy_id").expectation.table).toEqual(["shop", "main_copies", "copied orders"]);
    const source = of("source_relationships_raw_seeded_id__id__ref_customers_").expectation;
    expect(source).toMatchObject({
      table: ["shop", "main", "raw_orders"],
      to: ["shop", "main", "customers"],
    });
  });

  it("takes class and weight from a test's meta", () => {
    expect(of("is_even_orders_id").expectation.class).toBe("critical");
    expect(of("dbt_utils_expression_is_true_orders_amount_0").expectation).toMatchObject({
      class: "critical",
      weight: 5,
    });
  });

  it("is scored by what passed", () => {
    const weights = { critical: 3, standard: 1, statistical: 0.5 };
    // 22 counted, of which one statistical, one critical and one of weight 5; nine of the standard ones passed.
    const passed = built.results.filter(({ status }) => status === "passed").length;
    expect(quality().calculateQualityScore([built], weights)).toBeCloseTo(
      (passed / (19 + 0.5 + 3 + 5)) * 100,
    );
  });
});

describe("a test by its arguments", () => {
  function expectationOf(name: string, kwargs: JsonObject, config: JsonObject = {}) {
    const model = {
      unique_id: "model.shop.orders",
      resource_type: "model",
      name: "orders",
      alias: "orders",
      schema: "main",
    };
    const [kind = "", namespace = null] = name.split(".").toReversed();
    const test = {
      unique_id: "test.shop.it",
      resource_type: "test",
      name: "it",
      attached_node: "model.shop.orders",
      column_name: kwargs.column_name ?? null,
      test_metadata: { name: kind, namespace, kwargs },
      config,
      depends_on: { nodes: ["model.shop.orders"] },
    };
    const { results } = read(
      { nodes: { "model.shop.orders": model, "test.shop.it": test } },
      { results: [{ unique_id: "test.shop.it", status: "pass" }] },
    );
    return results[0]?.expectation;
  }

  it.each<[string, JsonObject, object]>([
    [
      "expect_column_values_to_be_in_set",
      { column_name: "a", value_set: ["x", "y"] },
      { type: "accepted_values", values: ["x", "y"] },
    ],
    [
      "expect_column_values_to_match_regex",
      { column_name: "a", regex: "^a", is_raw: true },
      { type: "matches_regex", regex: "^a" },
    ],
    ["expect_column_values_to_not_be_null", { column_name: '"a"' }, { type: "not_null", column: "a" }],
    [
      "expect_compound_columns_to_be_unique",
      { column_list: ["a", "b"] },
      { type: "unique", columns: ["a", "b"] },
    ],
    [
      "expect_column_median_to_be_between",
      { column_name: "a", max_value: 3 },
      { type: "quantile_between", quantile: 0.5, max: 3 },
    ],
    [
      "expect_column_quantile_values_to_be_between",
      { column_name: "a", quantile: 0.9, min_value: 1 },
      { type: "quantile_between", quantile: 0.9, min: 1, class: "statistical" },
    ],
    [
      "expect_column_unique_value_count_to_be_between",
      { column_name: "a", min_value: 2 },
      { type: "distinct_count_between", min: 2, class: "statistical" },
    ],
    [
      "expect_column_distinct_count_to_equal",
      { column_name: "a", value: 4 },
      { type: "distinct_count_between", min: 4, max: 4 },
    ],
    ["expect_table_row_count_to_equal", { value: 4 }, { type: "row_count_between", min: 4, max: 4 }],
    [
      "expect_column_stdev_to_be_between",
      { column_name: "a", min_value: 2 },
      { type: "expression", class: "statistical" },
    ],
  ])("%s", (name, kwargs, expected) => {
    expect(expectationOf(`dbt_expectations.${name}`, kwargs)).toMatchObject(expected);
  });

  it.each<[string, string, JsonObject]>([
    [
      "bounds that aren't part of the range",
      "expect_column_values_to_be_between",
      { column_name: "a", min_value: 1, strictly: true },
    ],
    ["groups", "expect_column_mean_to_be_between", { column_name: "a", min_value: 1, group_by: ["b"] }],
    [
      "a template that dbt renders later",
      "expect_column_values_to_be_between",
      { column_name: "a", min_value: "{{ floor }}" },
    ],
    [
      "a part of a date without a fixed length",
      "expect_row_values_to_have_recent_data",
      { column_name: "a", datepart: "month", interval: 1 },
    ],
    ["a number of rows that is no number", "expect_table_row_count_to_be_between", { min_value: "many" }],
  ])("stays dbt's own with %s", (_why, name, kwargs) => {
    const expectation = expectationOf(`dbt_expectations.${name}`, kwargs);
    expect(expectation?.type).toBe("expression");
    expect(expectation?.type === "expression" && expectation.expression).toContain(
      `dbt_expectations.${name}(`,
    );
  });

  it("isn't taken for dbt's by its name alone", () => {
    expect(expectationOf("other_package.not_null", { column_name: "a" })?.type).toBe("expression");
    expect(expectationOf("constructor", {})?.type).toBe("expression");
  });

  it("ignores what meta says of a class that there isn't", () => {
    const config = { meta: { class: "huge", floe: "yes" } };
    expect(expectationOf("not_null", { column_name: "a" }, config)?.class).toBe("standard");
  });

  it("checks the rows that meet both of its conditions", () => {
    const kwargs = { column_name: "a", min_value: 1, row_condition: "b = 1 or b = 2" };
    const expectation = expectationOf("dbt_expectations.expect_column_values_to_be_between", kwargs, {
      where: "c",
    });
    expect(expectation?.where).toBe("(c) and (b = 1 or b = 2)");
  });
});

it("doesn't know the number of rows where the engine doesn't tell it", () => {
  const runResults = artefact("run-results.json") as { results: JsonObject[] } & JsonObject;
  const results = runResults.results.map(({ failures: _, ...result }) => result);
  const rust = read(artefact("manifest.json"), { ...runResults, results });
  expect(rust.results.map(({ status }) => status)).toEqual(built.results.map(({ status }) => status));
  expect(new Set(rust.results.map(({ failingRows }) => failingRows))).toEqual(new Set([null]));
});

it("refuses artefacts of different builds", () => {
  expect(() => read({ nodes: {} }, artefact("run-results.json"))).toThrow(
    expect.objectContaining({ code: "DBT.ARTIFACT_MISSING" }),
  );
});
