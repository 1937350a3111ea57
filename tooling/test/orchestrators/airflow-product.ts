import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { CompiledArtifacts } from "@floe/core";
import { compiledArtifactsSchema } from "@floe/core/artifacts";
import { compile } from "@floe/host/compile";
import { createTestContext } from "@floe/testkit";
import plugin from "floe-orchestrator-airflow";
import { SampleProduct } from "../run/sample-product.ts";

const INSTALLED = ["floe-compute-duckdb", "floe-dbt-local", "floe-dq-custom", "floe-ingestion-dlt"];

/** Beside what the sample has: a seed, a snapshot, an incremental model, one without a table, a test of two models. */
export const AIRFLOW_FILES: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({
    private: true,
    dependencies: Object.fromEntries([...INSTALLED, "floe-orchestrator-airflow"].map((name) => [name, "*"])),
  }),
  "manifest.yaml": `apiVersion: floe.dev/v1
kind: Manifest
metadata: {name: shop-platform, version: 1.0.0, owner: me@example.com}
plugins:
  orchestrator: {type: airflow, config: {retries: 2, retry_delay_seconds: 0}}
  compute: {type: duckdb}
  data_quality: {provider: custom, thresholds: {min_score: 50}}
`,
  // One amount is more than a check wants that only warns.
  "data/orders.csv": "id,customer_id,amount\n1,1,10\n2,1,5000\n3,2,30\n",
  "seeds/regions.csv": "customer,region\nada,north\nbob,south\n",
  "models/silver_seen.sql": `{{ config(materialized='incremental') }}
select id from {{ source('raw', 'orders') }}
`,
  "models/seen.yml": `models:
  - name: silver_seen
    columns: [{name: id, data_tests: [not_null]}]
`,
  "models/positive.sql": `{{ config(materialized='ephemeral') }}
select * from {{ ref('silver_orders') }} where amount > 0
`,
  "models/gold_regions.sql": `select r.region, count(*) as orders from {{ ref('positive') }} p
join {{ ref('regions') }} r using (customer) group by r.region
`,
  "snapshots/history.sql": `{% snapshot history %}
{{ config(target_schema='main', unique_key='customer', strategy='check', check_cols=['total']) }}
select * from {{ ref('gold_totals') }}
{% endsnapshot %}
`,
  "tests/all_counted.sql": `select 1 from (select sum(orders) as n from {{ ref('gold_regions') }})
where n <> (select count(*) from {{ ref('silver_orders') }})
`,
};

/** Only what a machine without floe gets: the compiled files, the dbt project, the data. */
const COPIED = [
  ...["compiled_artifacts.json", "airflow_dag.py", ".airflowignore", "deploy", "dbt_project.yml"],
  ...["models", "seeds", "snapshots", "tests", "data"],
];

/** Compiles the sample, copies it, and removes it: what is left is as on a machine that has never seen floe. */
export async function deploySample(dir: string): Promise<DeployedProduct> {
  using product = new SampleProduct(AIRFLOW_FILES);
  await compile({ cwd: product.dir, env: process.env });
  return new DeployedProduct(product.dir).copy(dir);
}

/** Has the product kept in this DuckDB file. */
export function useDatabase({ dbt_profiles: profiles }: CompiledArtifacts, file: string): void {
  const { shop } = profiles as Record<string, { outputs: Record<string, object> }>;
  for (const output of Object.values(shop?.outputs ?? {})) Object.assign(output, { path: file });
}

/** A compiled product where Airflow finds it. */
export class DeployedProduct {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  copy(dir: string): DeployedProduct {
    for (const name of COPIED) cpSync(join(this.dir, name), join(dir, name), { recursive: true });
    return new DeployedProduct(dir);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.dir, path)), { recursive: true });
    writeFileSync(join(this.dir, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.dir, path), "utf8");
  }

  /** Compiles anew what the manifest's options alone decide. */
  configure(config: object, change: (artifacts: CompiledArtifacts) => void = () => {}): void {
    const artifacts = compiledArtifactsSchema.parse(JSON.parse(this.read("compiled_artifacts.json")));
    change(artifacts);
    this.write("compiled_artifacts.json", JSON.stringify(artifacts));
    const context = createTestContext({ kind: "orchestrator", name: "airflow", dir: tmpdir() });
    const loader = plugin.create(plugin.configSchema.parse(config), context).generateLoader(artifacts);
    for (const [path, text] of Object.entries(loader)) this.write(path, text);
  }

  /** Takes the right to write away from everything in it, or gives it back. */
  allowWriting(allowed: boolean): void {
    for (const path of ["", ...readdirSync(this.dir, { recursive: true, encoding: "utf8" })]) {
      const file = join(this.dir, path);
      chmodSync(file, (statSync(file).isDirectory() ? 0o555 : 0o444) | (allowed ? 0o200 : 0));
    }
  }

  /** What is in it, and when it was written; but for Airflow's own copy of the DAG file. */
  content(): string[] {
    return readdirSync(this.dir, { recursive: true, encoding: "utf8" })
      .filter((path) => !/^__pycache__/.test(path))
      .toSorted()
      .map((path) => `${path} ${statSync(join(this.dir, path)).mtimeMs}`);
  }

  async rows(sql: string, file: string = join(this.dir, ".floe", "shop.duckdb")): Promise<string[][]> {
    const database = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
    const connection = await database.connect();
    try {
      return (await connection.runAndReadAll(sql)).getRows().map((row) => row.map(String));
    } finally {
      connection.closeSync();
      database.closeSync();
    }
  }
}
