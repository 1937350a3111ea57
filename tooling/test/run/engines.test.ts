import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { compile } from "@floe/host/compile";
import { InvalidProduct, runProduct } from "@floe/host/run";
import { describe, expect, it, onTestFinished } from "vitest";
import { copyDemo } from "../../demo/copy.ts";
import { GOLD, SampleProduct, WITH_FUSION } from "./sample-product.ts";

const LONG = 180_000;

const fusion = (files: Readonly<Record<string, string>> = {}): SampleProduct =>
  new SampleProduct({ "manifest.yaml": WITH_FUSION, ...files });

/** By table of the demo's silver and gold: how many rows it has, and how many only one of two databases has. */
async function compareTables(one: string, other: string): Promise<Record<string, [bigint, bigint]>> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    await connection.run(`ATTACH '${one}' AS one (READ_ONLY); ATTACH '${other}' AS other (READ_ONLY)`);
    const columns = async (database: string): Promise<string> => {
      const reader = await connection.runAndReadAll(
        `SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
         WHERE table_catalog = '${database}' AND table_schema LIKE 'main_%' ORDER BY ALL`,
      );
      return reader.getRows().map(String).join("\n");
    };
    expect(await columns("other")).toBe(await columns("one"));
    const tables = (
      await connection.runAndReadAll(
        `SELECT table_schema || '.' || table_name FROM information_schema.tables
         WHERE table_catalog = 'one' AND table_schema LIKE 'main_%' ORDER BY ALL`,
      )
    ).getRows();
    const compared: Record<string, [bigint, bigint]> = {};
    for (const [name] of tables) {
      const differing = `(SELECT * FROM one.${name} EXCEPT ALL SELECT * FROM other.${name})
        UNION ALL (SELECT * FROM other.${name} EXCEPT ALL SELECT * FROM one.${name})`;
      const reader = await connection.runAndReadAll(
        `SELECT (SELECT count(*) FROM one.${name}), (SELECT count(*) FROM (${differing}))`,
      );
      compared[String(name)] = reader.getRows()[0] as [bigint, bigint];
    }
    return compared;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

describe("dbt's Rust engine", { timeout: LONG }, () => {
  it("makes the demo's tables as dbt-core makes them, row by row", async () => {
    const dir = mkdtempSync(join(tmpdir(), "floe-engines-"));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const database = async (dbt: "local" | "fusion"): Promise<string> => {
      const cwd = copyDemo(join(dir, dbt), dbt);
      const report = await runProduct({ cwd, env: process.env });
      expect(report.faults.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(report).toMatchObject({
        status: "success",
        models: { success: 15 },
        tests: { pass: 165 },
        checks: { passed: 22, failed: 2, score: 95.45 },
      });
      expect(report.run.steps.find(({ name }) => name === "build")?.plugin).toBe(`dbt ${dbt}`);
      return join(cwd, ".floe", "flights.duckdb");
    };
    const compared = await compareTables(await database("local"), await database("fusion"));
    expect(Object.keys(compared)).toHaveLength(15);
    for (const [table, [rows, differing]] of Object.entries(compared)) {
      expect([table, differing, rows > 0n]).toEqual([table, 0n, true]);
    }
  });

  it.each(["compile started", "silver_orders started", "silver_orders success", "gold_totals success"])(
    "goes on after a kill at %s to the same tables",
    async (at) => {
      using product = fusion();
      const script = join(import.meta.dirname, "kill-at.ts");
      expect(spawnSync(process.execPath, [script, product.dir, at], { stdio: "inherit" }).signal).toBe(
        "SIGKILL",
      );
      const report = await product.run({ resume: true });
      expect(report.faults).toEqual([]);
      expect(report).toMatchObject({ status: "success", models: { success: 2 }, tests: { pass: 5 } });
      expect(await product.rows("gold_totals")).toEqual(GOLD);
    },
  );

  it("tells a model that fails with its file, and stops what depends on it", async () => {
    using product = fusion({ "models/silver_orders.sql": "select * from nowhere" });
    const report = await product.run();
    expect(report).toMatchObject({ status: "failed", models: { error: 1, skipped: 1 } });
    expect(report.faults[0]).toMatchObject({
      code: "DBT.NODE_FAILED",
      where: { file: "models/silver_orders.sql" },
      why: expect.stringContaining("nowhere"),
    });
  });

  it("takes a test that fails for bad data, and goes on once the data is mended", async () => {
    using product = fusion({ "data/orders.csv": "id,customer_id,amount\n1,1,10\n1,1,20\n" });
    const report = await product.run();
    expect(report).toMatchObject({
      status: "bad_data",
      models: { success: 1, skipped: 1 },
      tests: { fail: 1 },
      faults: [{ code: "DBT.TEST_FAILED", why: expect.stringContaining("1") }],
    });
    product.write("data/orders.csv", "id,customer_id,amount\n1,1,10\n2,1,20\n3,2,30\n");
    expect(await product.run({ fullRefresh: true })).toMatchObject({ status: "success" });
    expect(await product.rows("gold_totals")).toEqual(GOLD);
  });

  it("is told at compile of what it can't do: a Python model, a setting of the profile; and nothing is written", async () => {
    using product = fusion({
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
