import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DbtNodeEvent, DbtRunResults } from "@floe/core";
import { writeSampleDbtProject } from "@floe/testkit";
import { describe, expect, it } from "vitest";
import { makeFolder, query, start } from "./harness.ts";

const GRAPH = {
  "seeds/people.csv": "id,name\n1,ada\n2,alan\n",
  "models/part.sql": "{{ config(materialized='ephemeral') }} select 7 as seven",
  "models/whole.sql": "select seven from {{ ref('part') }}",
  "models/later.sql":
    "{{ config(materialized='incremental') }} select id from {{ ref('people') }} {% if is_incremental() %} where id > 1 {% endif %}",
};

async function results(run: {
  runResultsPath: string;
}): Promise<Map<string, DbtRunResults["results"][number]>> {
  const { results: all } = JSON.parse(readFileSync(run.runResultsPath, "utf8")) as DbtRunResults;
  return new Map(all.map((result) => [result.unique_id.split(".").slice(0, 3).join("."), result]));
}

describe("dbt's Rust engine", { timeout: 60_000 }, () => {
  it("builds seeds, ephemeral and incremental models in the order of the graph, and again from nothing", async () => {
    const dir = makeFolder();
    const { dbt } = start(dir);
    const project = writeSampleDbtProject(dir, GRAPH);
    const events: DbtNodeEvent[] = [];
    const built = await dbt.buildModels(project, { onNode: (event) => events.push(event) });
    expect(built).toMatchObject({ success: true, modelsRun: 4, testsRun: 2, failures: 0 });
    const order = events.map(({ uniqueId, status }) => `${uniqueId} ${status}`);
    expect(order.indexOf("seed.shop.people success")).toBeLessThan(order.indexOf("model.shop.later started"));
    expect(order).toContain("model.shop.later success");
    const count = async () => (await query(dir, "select count(*)::int as n from later"))[0];
    expect(await count()).toEqual({ n: 2 });
    await dbt.runModels(project, { select: "later" });
    expect(await count()).toEqual({ n: 3 });
    await dbt.runModels(project, { select: "later", fullRefresh: true });
    expect(await count()).toEqual({ n: 2 });
  });

  it("takes several selectors, what they exclude, and which tests come with them", async () => {
    const dir = makeFolder();
    const { dbt } = start(dir);
    const project = writeSampleDbtProject(dir, GRAPH);
    const select = { select: "orders customers +later", exclude: "customers" };
    const names = async (options: Parameters<typeof dbt.listNodes>[1]) =>
      (await dbt.listNodes(project, options)).map((id) => id.split(".").slice(0, 3).join(".")).sort();
    expect(await names({ ...select, indirectSelection: "empty" })).toEqual([
      "model.shop.later",
      "model.shop.orders",
      "seed.shop.people",
    ]);
    expect(await names({ select: "orders" })).toEqual(["model.shop.orders", "test.shop.not_null_orders_id"]);
    expect(await names({ select: "tag:nothing_has_it" })).toEqual([]);
    const nothing = await dbt.buildModels(project, { select: "tag:nothing_has_it" });
    expect(nothing).toMatchObject({ success: true, modelsRun: 0, testsRun: 0 });
  });

  it("tells tests that fail, warn and can't be run apart, and skips what depends on them", async () => {
    const dir = makeFolder();
    const { dbt } = start(dir);
    const project = writeSampleDbtProject(dir, {
      "models/orders.sql": "select * from (values (1), (1), (null)) as rows(id)",
      "models/after.sql": "select id from {{ ref('orders') }}",
      "models/schema.yml": `models:
  - name: orders
    columns: [{name: id, data_tests: [not_null, {unique: {config: {severity: warn}}}]}]
unit_tests:
  - {name: seven, model: customers, given: [], expect: {rows: [{id: 7, name: ada}]}}
`,
      "tests/broken.sql": "select nowhere from (select 1 as here)",
    });
    const events = new Map<string, DbtNodeEvent>();
    const run = await dbt.buildModels(project, {
      onNode: (event) => events.set(event.uniqueId.split(".").slice(0, 3).join("."), event),
    });
    expect(run).toMatchObject({ success: false, failures: 3 });
    const told = await results(run);
    expect(told.get("test.shop.not_null_orders_id")).toMatchObject({
      status: "fail",
      failures: 1,
      message: "Got 1 result.",
    });
    expect(told.get("test.shop.not_null_orders_id")?.compiled_code).toContain("is null");
    expect(told.get("test.shop.unique_orders_id")).toMatchObject({ status: "warn", failures: 1 });
    expect(told.get("unit_test.shop.customers")?.status).toBe("fail");
    expect(told.get("model.shop.after")?.status).toBe("skipped");
    expect(events.get("test.shop.not_null_orders_id")).toMatchObject({
      status: "fail",
      message: "Got 1 result.",
    });
    const alone = await dbt.testModels(project, {
      select: "broken",
      onNode: (event) => events.set("broken", event),
    });
    expect(alone).toMatchObject({ success: false, failures: 1, testsRun: 1 });
    expect((await results(alone)).get("test.shop.broken")).toMatchObject({ status: "error", failures: null });
    expect(events.get("broken")).toMatchObject({ status: "error" });
    expect(events.get("broken")?.message).toContain('"nowhere" not found');
  });

  it.each([
    ["an undefined reference", "select *\nfrom {{ ref('nowhere') }}", 2],
    ["a macro that isn't there", "select 1\n\n, {{ no_such_macro() }}", 3],
    ["broken Jinja", "select 1\n{% if %}", 2],
    [
      "a query that fails while it compiles",
      "{% if execute %}\n{{ run_query('select * from x') }}{% endif %}",
      2,
    ],
  ])("tells the file and line of %s", async (_what, sql, line) => {
    const dir = makeFolder();
    const { dbt } = start(dir);
    const project = writeSampleDbtProject(dir, { "models/sub/broken.sql": sql });
    await expect(dbt.compileProject({ ...project, workingDir: makeFolder() })).rejects.toMatchObject({
      code: "DBT.COMPILATION_FAILED",
      where: { file: "models/sub/broken.sql", line },
    });
  });

  it("names the profile where that is at fault", async () => {
    const dir = makeFolder();
    const project = { ...writeSampleDbtProject(dir), target: "nowhere" };
    await expect(start(dir).dbt.compileProject(project)).rejects.toMatchObject({
      code: "DBT.FAILED",
      summary: "dbt can't use the profile.",
    });
  });

  it("hands variables to the project, and secrets to the profile and to nothing else", async () => {
    const dir = makeFolder();
    const secret = ["not", "a", "word"].join("-");
    const { dbt, context } = start(dir, { vars: { "a word": { deep: [1, "two"] } } });
    const project = writeSampleDbtProject(dir, {
      "models/orders.sql": "select 1 as id, '{{ var('a word')['deep'][1] }}' as word",
      "profiles.yml": `shop:
  target: dev
  outputs:
    dev: {type: duckdb, path: shop.duckdb, secrets: [{type: http, name: web, bearer_token: "{{ env_var('SHOP_TOKEN') }}"}]}
`,
    });
    const run = await dbt.buildModels({ ...project, env: { SHOP_TOKEN: secret } });
    expect(run.success).toBe(true);
    expect(await query(dir, "select word from orders")).toEqual([{ word: "two" }]);
    const written = readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(secret));
    expect(written).toEqual([]);
    expect(JSON.stringify(context.logs)).not.toContain(secret);
  });

  it("mends what the linter finds, and passes over what the linter can't read", async () => {
    const dir = makeFolder();
    const { dbt, context } = start(dir);
    const project = writeSampleDbtProject(dir, {
      "macros/cents.sql": "{% macro cents(c) %}{{ c }} * 100{% endmacro %}\n",
      "models/ugly.sql": "SELECT  1 as one\nfrom {{ ref('orders') }}\n",
      "models/unread.sql": "select {{ some_package.star() }} from {{ ref('orders') }}\n",
    });
    const found = await dbt.lintProject(project);
    expect(found.success).toBe(false);
    expect(found.issues).toContainEqual(
      expect.objectContaining({ file: "models/ugly.sql", line: 1, column: 7, rule: "LT01", fixable: true }),
    );
    expect(found.filesChecked).toBe(3);
    expect(JSON.stringify(context.logs)).toContain("some_package");
    const mended = await dbt.lintProject(project, { fix: true });
    expect(mended.fixed).toBeGreaterThan(0);
    expect(mended.issues.filter(({ file }) => file === "models/ugly.sql")).toEqual([]);
    expect(readFileSync(join(dir, "models/ugly.sql"), "utf8")).toContain("{{ ref('orders') }}");
  });

  it("sees a model that changed", async () => {
    const dir = makeFolder();
    const { dbt } = start(dir);
    const project = writeSampleDbtProject(dir);
    await dbt.compileProject(project);
    writeFileSync(join(dir, "models", "orders.sql"), "select 2 as id");
    await dbt.compileProject(project);
    const { nodes } = (await dbt.getManifest(dir)) as { nodes: Record<string, { compiled_code?: string }> };
    expect(nodes["model.shop.orders"]?.compiled_code).toBe("select 2 as id");
    expect(await dbt.getRuntimeMetadata()).toMatchObject({
      dbt_version: "2.0.0-alpha.4",
      engine: "dbt-core",
    });
  });
});
