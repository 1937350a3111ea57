import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DbtNodeEvent, DbtProject } from "@floe/core";
import { createPythonRuntime } from "@floe/host";
import { createTestContext, writeSampleDbtProject } from "@floe/testkit";
import plugin from "floe-dbt-local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const dir = mkdtempSync(join(tmpdir(), "floe-dbt-"));
const python = createPythonRuntime({ env: process.env, projectDir: dir });
const packageDir = join(import.meta.dirname, "..");
const dbt = plugin.create(
  plugin.configSchema.parse({}),
  createTestContext({ kind: "dbt", name: "local", dir, packageDir, python }),
);
let project: DbtProject;

beforeAll(() => {
  project = writeSampleDbtProject(dir, {
    "seeds/people.csv": "id,name\n1,ada\n",
    "models/part.sql": "{{ config(materialized='ephemeral') }} select 7 as seven",
    "models/whole.sql": "select seven from {{ ref('part') }}",
    "models/later.sql": "select id from {{ ref('people') }}",
  });
});
afterAll(async () => {
  await python.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Whether another process can write to the database now. */
function isFree(): boolean {
  const script =
    'const { DuckDBInstance } = await import("@duckdb/node-api"); await DuckDBInstance.create(process.argv[1]);';
  const { status } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", script, join(dir, "shop.duckdb")],
    {
      cwd: join(import.meta.dirname, "..", "..", "floe-compute-duckdb"),
    },
  );
  return status === 0;
}

describe("dbt in a warm process", { timeout: 180_000 }, () => {
  it("builds seeds and ephemeral models again and again, in order, and lets go of the database", async () => {
    for (const _ of [1, 2]) {
      const events: DbtNodeEvent[] = [];
      const result = await dbt.buildModels(
        { ...project, workingDir: dir },
        { onNode: (event) => events.push(event) },
      );
      expect(result).toMatchObject({ success: true, modelsRun: 4, testsRun: 2, failures: 0 });
      const order = events.map(({ uniqueId, status }) => `${uniqueId} ${status}`);
      expect(order.indexOf("seed.shop.people success")).toBeLessThan(
        order.indexOf("model.shop.later started"),
      );
      expect(isFree()).toBe(true);
    }
  });

  it("sees a model that changed, and one that is new", async () => {
    writeFileSync(join(dir, "models", "later.sql"), "select id, name from {{ ref('people') }}");
    writeFileSync(join(dir, "models", "extra.sql"), "select 1 as one");
    await dbt.runModels({ ...project, workingDir: dir }, { select: "later extra" });
    const { nodes } = (await dbt.getManifest(dir)) as { nodes: Record<string, { compiled_code?: string }> };
    expect(nodes["model.shop.later"]?.compiled_code).toContain("name");
    expect(Object.keys(nodes)).toContain("model.shop.extra");
  });

  it("selects by a full name, a folder's, a name alone, a version and a wildcard", async () => {
    writeSampleDbtProject(dir, {
      "models/deep/inner.sql": "select 1 as id",
      "models/deep/table_v2.sql": "select 2 as id",
      "models/deep/versions.yml":
        "models: [{name: table, latest_version: 2, versions: [{v: 1, defined_in: inner}, {v: 2}]}]\n",
    });
    const select = async (words: string): Promise<string[]> => {
      const nodes = await dbt.listNodes(project, { select: words, indirectSelection: "empty" });
      return [...nodes].sort();
    };
    const versions = ["model.shop.table.v1", "model.shop.table.v2"];
    expect(await select("fqn:shop.orders")).toEqual(["model.shop.orders"]);
    expect(await select("fqn:orders customers")).toEqual(["model.shop.customers", "model.shop.orders"]);
    expect(await select("fqn:shop.deep")).toEqual(versions);
    expect(await select("deep.table")).toEqual(versions);
    expect(await select("fqn:shop.deep.table.v2 fqn:nowhere")).toEqual(["model.shop.table.v2"]);
    expect(await select("fqn:*ders")).toEqual(["model.shop.orders"]);
  });

  it.each([
    ["an undefined reference", "select *\nfrom {{ ref('nowhere') }}", 2],
    ["a macro that isn't there", "select 1\n\n, {{ no_such_macro() }}", 3],
    ["broken Jinja", "select 1\n{% if %}", 2],
  ])("tells the file and line of %s", async (_what, sql, line) => {
    const broken = join(dir, "models", "broken.sql");
    writeFileSync(broken, sql);
    try {
      await expect(dbt.compileProject({ ...project, workingDir: dir })).rejects.toMatchObject({
        code: "DBT.COMPILATION_FAILED",
        where: { file: "models/broken.sql", line },
      });
    } finally {
      rmSync(broken);
    }
  });

  it("hands secrets to the profile, and to nothing else", async () => {
    const secret = ["not", "a", "word"].join("-");
    writeFileSync(
      join(dir, "profiles.yml"),
      `shop: {target: dev, outputs: {dev: {type: duckdb, path: "{{ env_var('SHOP_FILE') }}.duckdb", keep_open: false}}}\n`,
    );
    const result = await dbt.runModels(
      { ...project, workingDir: dir, env: { SHOP_FILE: secret } },
      { select: "extra" },
    );
    expect(result.success).toBe(true);
    expect(process.env.SHOP_FILE).toBeUndefined();
  });

  it("mends what the linter finds", async () => {
    writeSampleDbtProject(dir, { "models/ugly.sql": "SELECT  1 as one\n" });
    const found = await dbt.lintProject({ ...project, workingDir: dir });
    expect(found.issues.some(({ file, rule }) => file === "models/ugly.sql" && rule === "LT01")).toBe(true);
    const mended = await dbt.lintProject({ ...project, workingDir: dir }, { fix: true });
    expect(mended.fixed).toBeGreaterThan(0);
    expect(mended.issues.filter(({ file }) => file === "models/ugly.sql")).toEqual([]);
  });
});
