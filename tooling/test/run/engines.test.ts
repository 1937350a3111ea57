import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "@floe/host/compile";
import { InvalidProduct } from "@floe/host/run";
import { describe, expect, it } from "vitest";
import { lineageOf, told } from "./lineage-files.ts";
import { MANIFESTS, quickProduct, SampleProduct, WITH_FUSION } from "./sample-product.ts";

const LONG = 180_000;

describe("dbt's Rust engine", { timeout: LONG }, () => {
  it("is told at compile of what it can't do: a Python model, a setting of the profile; and nothing is written", async () => {
    using product = quickProduct({
      "models/snake.py": "def model(dbt, session):\n    return dbt.ref('silver_orders')\n",
      "manifest.yaml": WITH_FUSION.replace(
        "compute: {type: duckdb}",
        "compute: {type: duckdb, config: {settings: {timezone: UTC}}}",
      ),
    });
    writeFileSync(join(product.dir, "compiled_artifacts.json"), "the last one");
    const failure = await compile({ cwd: product.dir, env: process.env }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InvalidProduct);
    expect((failure as InvalidProduct).faults).toMatchObject([
      {
        code: "DBT.UNSUPPORTED",
        where: { file: "manifest.yaml", line: 6 },
        next: [expect.stringContaining("plugins.dbt.type: local")],
      },
      {
        code: "DBT.UNSUPPORTED",
        summary: expect.stringContaining("snake"),
        where: { file: "models/snake.py" },
      },
    ]);
    expect(readFileSync(join(product.dir, "compiled_artifacts.json"), "utf8")).toBe("the last one");
  });
});

describe.each(["local", "fusion"] as const)("what fails in dbt %s", { timeout: LONG }, (engine) => {
  const productWith = (files: Readonly<Record<string, string>>) =>
    new SampleProduct({ "manifest.yaml": MANIFESTS[engine], ...files });

  it("a model is told with its file, and stops what depends on it", async () => {
    using product = productWith({ "models/silver_orders.sql": "select * from nowhere" });
    const report = await product.run();
    expect(report).toMatchObject({ status: "failed", models: { error: 1, skipped: 1 } });
    expect(report.faults[0]).toMatchObject({
      code: "DBT.NODE_FAILED",
      where: { file: "models/silver_orders.sql" },
      why: expect.stringContaining("nowhere"),
    });
    expect(told(lineageOf(product))["shop.silver_orders"]).toEqual(["START", "FAIL"]);
    expect(told(lineageOf(product)).shop).toEqual(["START", "FAIL"]);
  });

  it("a test is bad data and stops what depends on it; one that warns isn't", async () => {
    using product = productWith({ "data/orders.csv": "id,customer_id,amount\n1,1,10\n1,1,20\n" });
    const report = await product.run();
    expect(report).toMatchObject({ status: "bad_data", tests: { fail: 1 } });
    expect(report.faults[0]).toMatchObject({ code: "DBT.TEST_FAILED" });
    expect(report.models).toMatchObject({ success: 1, skipped: 1 });
    product.write(
      "models/schema.yml",
      "models:\n  - name: silver_orders\n    columns:\n      - name: id\n        data_tests: [{unique: {config: {severity: warn}}}]\n  - name: gold_totals\n    columns: [{name: customer, data_tests: [not_null]}, {name: total, data_tests: [not_null]}]\n",
    );
    expect(await product.run()).toMatchObject({ status: "success", tests: { warn: 1, pass: 2 } });
  });
});
