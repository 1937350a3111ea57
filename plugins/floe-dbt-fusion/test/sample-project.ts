import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DbtProject } from "@floe/core";

const PROFILE = `shop:
  target: dev
  outputs:
    dev: {type: duckdb, path: shop.duckdb, keep_open: false, threads: 2}
`;

/** Two models that don't need each other, with a test each. */
const MODELS = {
  "models/customers.sql": "select 1 as id, 'ada' as name\n",
  "models/orders.sql": "select 1 as id, 1 as customer_id\n",
  "models/schema.yml": `models:
  - name: customers
    columns: [{name: id, data_tests: [unique]}]
  - name: orders
    columns: [{name: id, data_tests: [not_null]}]
`,
};

/** Writes a dbt project on DuckDB. `files` come on top; undefined leaves one out. */
export function writeProject(
  dir: string,
  files: Readonly<Record<string, string | undefined>> = {},
): DbtProject {
  const all = {
    "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\n",
    "profiles.yml": PROFILE,
    ...MODELS,
    ...files,
  };
  for (const [path, content] of Object.entries(all)) {
    if (content === undefined) continue;
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  return {
    projectDir: dir,
    profilesDir: dir,
    profile: "shop",
    target: "dev",
  };
}
