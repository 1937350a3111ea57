import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { writeSampleDbtProject } from "@floe/testkit";
import { describe, expect, it } from "vitest";
import { makeFolder, packageDir, python, query, start } from "./harness.ts";

/** A program that stands in for a broken or a wrong one. */
function writeProgram(dir: string, script: string): string {
  const file = join(dir, "some dbt");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe("the engine's process", { timeout: 60_000 }, () => {
  it("says who holds the database", async () => {
    const dir = makeFolder();
    const project = writeSampleDbtProject(dir);
    // DuckDB's lock is between processes, so that this one's own is seen by the engine.
    const held = await DuckDBInstance.create(join(dir, "shop.duckdb"));
    const { dbt } = start(dir);
    try {
      for (const command of [() => dbt.buildModels(project), () => dbt.testModels(project)]) {
        await expect(command()).rejects.toMatchObject({
          code: "COMPUTE.LOCKED",
          next: [expect.stringContaining(`${process.pid}`)],
        });
      }
    } finally {
      held.closeSync();
    }
    expect((await dbt.buildModels(project)).success).toBe(true);
  });

  it("ends with its call, and lets go of the database", async () => {
    const dir = makeFolder();
    const { dbt, context } = start(dir);
    const project = writeSampleDbtProject(dir, {
      "models/endless.sql":
        "{{ config(materialized='table') }} select sum(a.range * b.range) as s from range(10000000) a, range(1000000) b",
    });
    const running = dbt.runModels(project, {
      onNode: ({ uniqueId, status }) => {
        if (uniqueId === "model.shop.endless" && status === "started") context.abort(new Error("enough"));
      },
    });
    await expect(running).rejects.toThrow("enough");
    expect(await query(dir, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("is an error where it is killed, not a run that did nothing", async () => {
    const dir = makeFolder();
    const { dbt } = start(dir, { binary: writeProgram(dir, "kill -s KILL $$") });
    await expect(dbt.buildModels(writeSampleDbtProject(dir))).rejects.toMatchObject({
      code: "DBT.FAILED",
      why: "A signal ended it.",
    });
  });

  it("is the user's own where one is named", async () => {
    const dir = makeFolder();
    const environment = await python.environment({
      requirements: join(packageDir, "python", "requirements.txt"),
    });
    symlinkSync(environment.script("dbt"), join(dir, "my dbt"));
    const { dbt, context } = start(dir, { binary: "./my dbt" });
    expect((await dbt.buildModels(writeSampleDbtProject(dir))).success).toBe(true);
    expect(context.used).not.toContain("python.environment");
  });

  it.each([
    ["isn't there", undefined, "TOOL.NOT_FOUND"],
    [
      "is dbt 1",
      `echo '{"info": {"name": "MainReportVersion", "level": "info", "msg": "Running with dbt=1.12.6"}}'`,
      "TOOL.VERSION",
    ],
  ])("says so where the user's own %s", async (_what, script, code) => {
    const dir = makeFolder();
    const binary = script === undefined ? "./nowhere" : writeProgram(dir, script);
    await expect(start(dir, { binary }).dbt.compileProject(writeSampleDbtProject(dir))).rejects.toMatchObject(
      {
        code,
      },
    );
  });
});
