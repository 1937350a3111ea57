import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DbtProject } from "@floe/core";

const PROJECT = {
  "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\n",
  "profiles.yml": `shop:
  target: dev
  outputs:
    dev: {type: duckdb, path: shop.duckdb, keep_open: false, threads: 2}
`,
  "models/customers.sql": "select 1 as id, 'ada' as name\n",
  "models/orders.sql": "select 1 as id, 1 as customer_id\n",
  "models/schema.yml": `models:
  - name: customers
    columns: [{name: id, data_tests: [unique]}]
  - name: orders
    columns: [{name: id, data_tests: [not_null]}]
`,
};

/**
 * Writes a dbt project on DuckDB to test a dbt plugin with: the models `customers` and `orders`, which don't
 * need each other, with a test each.
 *
 * @param dir A folder; made where there is none.
 * @param files Come on top, by path; undefined leaves one out.
 */
export function writeSampleDbtProject(
  dir: string,
  files: Readonly<Record<string, string | undefined>> = {},
): DbtProject {
  for (const [path, content] of Object.entries({ ...PROJECT, ...files })) {
    if (content === undefined) continue;
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  return {
    projectDir: dir,
    profilesDir: dir,
    profile: "shop",
    target: "dev",
    adapterPackages: ["dbt-duckdb==1.11.1", "duckdb==1.5.5"],
  };
}
