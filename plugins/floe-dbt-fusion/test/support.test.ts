import { readFileSync } from "node:fs";
import type { JsonObject } from "@floe/core";
import { writeSampleDbtProject } from "@floe/testkit";
import { describe, expect, it } from "vitest";
import { makeFolder, query, start } from "./harness.ts";

const profile = (output: string): string => `shop: {target: dev, outputs: {dev: ${output}}}\n`;
const NOTHING = { nodes: {}, sources: {} };

async function subjects(output: string, manifest: JsonObject = NOTHING): Promise<(string | undefined)[]> {
  const dir = makeFolder();
  const findings = await start(dir).dbt.checkSupport?.(
    writeSampleDbtProject(dir, { "profiles.yml": profile(output) }),
    manifest,
  );
  for (const { code, suggestion } of findings ?? []) {
    expect(code).toBe("DBT.UNSUPPORTED");
    expect(suggestion).toContain("plugins.dbt.type: local");
  }
  return (findings ?? []).map(({ subject }) => subject);
}

describe("what the engine can't do", { timeout: 60_000 }, () => {
  it.each([
    ["{type: spark, method: thrift, host: h, schema: s}", ["spark"]],
    ["{type: postgres, host: h}", ["postgres"]],
    ["{type: snowflake, account: a, whatever: 1}", []],
    ["{type: duckdb, path: a.duckdb, threads: 4, schema: s, timeout_seconds: 5, keep_open: false}", []],
    ["{type: duckdb, path: a.duckdb, config_options: {memory_limit: 1GB}}", ["config_options"]],
    ["{type: duckdb, path: a.duckdb, config_options: {}, plugins: []}", []],
    [
      "{type: duckdb, path: a.duckdb, plugins: [{module: excel}], module_paths: [x]}",
      ["plugins", "module_paths"],
    ],
    ["{type: duckdb, path: a.duckdb, extensions: [httpfs, {name: h3, repo: community}]}", []],
    ["{type: duckdb, path: a.duckdb, extensions: [/opt/x.duckdb_extension]}", ["extensions"]],
    ["{type: duckdb, path: a.duckdb, settings: {memory_limit: 1GB, TimeZone: UTC}}", ["settings.TimeZone"]],
    ["{type: duckdb, path: a.duckdb, attach: [{path: b.duckdb, alias: b, read_only: true}]}", []],
    [
      "{type: duckdb, path: a.duckdb, attach: [{path: b.duckdb, options: {block_size: 16384}}, {path: wh, type: iceberg}]}",
      ["attach[0].options", "attach[1]"],
    ],
  ])("is told of %s", async (output, expected) => {
    expect(await subjects(output)).toEqual(expected);
  });

  it("is told of Python models, with their file, and of sources that a plugin reads", async () => {
    const dir = makeFolder();
    const { dbt } = start(dir);
    const project = writeSampleDbtProject(dir, {
      "models/snake.py": "def model(dbt, session):\n    return dbt.ref('orders')\n",
      "models/sources.yml":
        "sources: [{name: raw, tables: [{name: sheet, config: {meta: {plugin: excel}}}, {name: file, config: {meta: {external_location: a.csv}}}]}]\n",
    });
    const manifest = JSON.parse(readFileSync(await dbt.compileProject(project), "utf8"));
    expect(await dbt.checkSupport?.(project, manifest)).toMatchObject([
      { subject: "snake", file: "models/snake.py" },
      { subject: "raw.sheet" },
    ]);
  });

  it("really sets a setting of the whole database, and really loses that of a connection", async () => {
    const dir = makeFolder();
    const project = writeSampleDbtProject(dir, {
      "profiles.yml": profile(
        "{type: duckdb, path: shop.duckdb, threads: 1, settings: {default_null_order: nulls_first, integer_division: true}}",
      ),
      "models/orders.sql":
        "{{ config(materialized='table') }} select current_setting('default_null_order') as nulls, current_setting('integer_division') as whole",
    });
    await start(dir).dbt.runModels(project, { select: "orders" });
    expect(await query(dir, "select * from orders")).toEqual([{ nulls: "NULLS_FIRST", whole: false }]);
  });
});
