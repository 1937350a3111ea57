import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProduct } from "@floe/host/run";
import { expect, it } from "vitest";
import { contentOfSchema, withDuckDB } from "../../demo/content.ts";
import { copyDemo } from "../../demo/copy.ts";

const COLUMNS = `SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
  WHERE table_schema LIKE 'main_%' ORDER BY ALL`;

it("the demo is the same rows, in columns of the same types, by both of dbt's engines", {
  timeout: 600_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "floe-demo-"));
  const made = async (dbt: "local" | "fusion") => {
    const dir = copyDemo(join(folder, dbt), dbt);
    const report = await runProduct({ cwd: dir, env: process.env });
    expect(report.faults.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(report).toMatchObject({
      status: "success",
      models: { success: 15 },
      tests: { pass: 165 },
      checks: { passed: 22, failed: 2, score: 95.45 },
    });
    expect(report.run.steps.find(({ name }) => name === "build")?.plugin).toBe(`dbt ${dbt}`);
    return withDuckDB(join(dir, ".floe", "flights.duckdb"), async (ask) => ({
      columns: await ask(COLUMNS),
      silver: await contentOfSchema(ask, "main_silver"),
      gold: await contentOfSchema(ask, "main_gold"),
    }));
  };
  try {
    const byPython = await made("local");
    expect(Object.keys({ ...byPython.silver, ...byPython.gold })).toHaveLength(15);
    expect(Object.values(byPython.gold).filter((content) => content.startsWith("0 rows"))).toEqual([]);
    expect(await made("fusion")).toEqual(byPython);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
