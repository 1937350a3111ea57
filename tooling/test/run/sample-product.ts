import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Project } from "@floe/host/project";
import { type RunEvent, type RunOptions, type RunReport, runProduct } from "@floe/host/run";

const ROOT = join(import.meta.dirname, "..", "..", "..");
/** Plugins are found as users have them: by a package.json, in a node_modules beside it. */
const INSTALLED = join(ROOT, "tooling", "node_modules");

const PLUGINS = [
  "floe-compute-duckdb",
  "floe-dbt-fusion",
  "floe-dbt-local",
  "floe-dq-custom",
  "floe-ingestion-dlt",
  "floe-lineage-marquez",
];

/** A small product on real tools: two sources, a silver and a gold model, tests and checks. */
const FILES: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({
    private: true,
    dependencies: Object.fromEntries(PLUGINS.map((name) => [name, "*"])),
  }),
  "manifest.yaml": `apiVersion: floe.dev/v1
kind: Manifest
metadata: {name: shop-platform, version: 1.0.0, owner: me@example.com}
plugins:
  compute: {type: duckdb}
  data_quality:
    provider: custom
    quality_gates:
      gold: {min_test_coverage: 100, required_tests: [not_null]}
`,
  "floe.yaml": `apiVersion: floe.dev/v1
kind: FloeSpec
metadata: {name: shop, version: 1.0.0}
ingestion:
  sources:
    - {name: orders, sourceType: filesystem, format: csv, path: data/orders.csv, destinationTable: raw.orders, writeMode: append, cursorField: id}
    - {name: customers, sourceType: filesystem, format: csv, path: data/customers.csv, destinationTable: raw.customers, writeMode: replace}
transforms:
  - name: silver_orders
    qualityChecks:
      - {name: some orders, type: row_count_between, severity: critical, parameters: {min: 1}}
      - {name: small amounts, type: between, column: amount, parameters: {max: 1000}}
  - name: gold_totals
    qualityChecks:
      - {name: totals are positive, type: between, column: total, severity: critical, parameters: {min: 0}}
`,
  "data/orders.csv": "id,customer_id,amount\n1,1,10\n2,1,20\n3,2,30\n",
  "data/customers.csv": "id,name\n1,ada\n2,bob\n",
  "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\nmodels: {shop: {+materialized: table}}\n",
  "models/sources.yml":
    "sources:\n  - name: raw\n    tables:\n      - {name: orders}\n      - {name: customers}\n",
  "models/silver_orders.sql":
    "select o.id, c.name as customer, o.amount from {{ source('raw', 'orders') }} o join {{ source('raw', 'customers') }} c on o.customer_id = c.id\n",
  "models/gold_totals.sql":
    "select customer, sum(amount) as total from {{ ref('silver_orders') }} group by customer\n",
  "models/schema.yml": `models:
  - name: silver_orders
    columns:
      - {name: id, data_tests: [not_null, unique]}
  - name: gold_totals
    columns:
      - {name: customer, data_tests: [not_null, unique]}
      - {name: total, data_tests: [not_null]}
`,
};

/** The sample's manifest with dbt's Rust engine. */
export const WITH_FUSION = (FILES["manifest.yaml"] ?? "").replace(
  "compute: {type: duckdb}",
  "compute: {type: duckdb}\n  dbt: {type: fusion}",
);

/** By dbt engine, the sample's manifest. */
export const MANIFESTS = { local: FILES["manifest.yaml"] ?? "", fusion: WITH_FUSION };
export type Engine = keyof typeof MANIFESTS;

/** What `gold_totals` holds after an undisturbed run. */
export const GOLD = [
  ["ada", "30"],
  ["bob", "30"],
];

/** The sample product in a folder of its own, removed in the end. */
export class SampleProduct implements Disposable {
  readonly dir: string;

  /** @param files Beside or in place of the sample's own; with `bare` there are only these. */
  constructor(files: Readonly<Record<string, string>> = {}, { bare = false }: { bare?: boolean } = {}) {
    this.dir = mkdtempSync(join(tmpdir(), "floe run "));
    for (const [path, content] of Object.entries({ ...(bare ? {} : FILES), ...files }))
      this.write(path, content);
    symlinkSync(INSTALLED, join(this.dir, "node_modules"));
  }

  write(path: string, content: string): void {
    const file = join(this.dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  read(path: string): string {
    return readFileSync(join(this.dir, path), "utf8");
  }

  run(
    options: Partial<RunOptions> & { env?: Record<string, string>; signal?: AbortSignal } = {},
  ): Promise<RunReport> {
    const { env = {}, ...others } = options;
    return runProduct({ cwd: this.dir, env: { ...process.env, ...env }, ...others });
  }

  /** Everything in a table, as text, in order. */
  async rows(table: string, env: Record<string, string> = {}): Promise<string[][]> {
    const project = Project.open({ cwd: this.dir, env: { ...process.env, ...env } });
    try {
      const plugins = await project.plugins();
      const connection = await plugins.get("compute")?.connect(project.computeConfig(plugins));
      if (connection === undefined) throw new Error("no compute");
      try {
        const { rows } = await connection.query(`SELECT * FROM ${table} ORDER BY ALL`);
        return rows.map((row) => row.map(String));
      } finally {
        await connection.close();
      }
    } finally {
      await project.close();
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Keeps what a run tells of itself. */
export function recording(): { events: RunEvent[]; observe: (event: RunEvent) => void } {
  const events: RunEvent[] = [];
  return { events, observe: (event) => events.push(event) };
}

/** The sample on the engine that starts soonest: for what a run does whichever dbt it has. */
export function quickProduct(files: Readonly<Record<string, string>> = {}): SampleProduct {
  return new SampleProduct({ "manifest.yaml": WITH_FUSION, ...files });
}
