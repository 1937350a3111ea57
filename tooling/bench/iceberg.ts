import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ComputePlugin } from "@floe/core";
import { Project } from "@floe/host/project";
import { icebergRest } from "../services/iceberg-rest.ts";
import { requireNessie } from "../services/nessie.ts";
import { requireService } from "../services/service.ts";
import { type Lake, lakeManifest, lakeProduct } from "../test/iceberg/lake-product.ts";
import type { SampleProduct } from "../test/run/sample-product.ts";
import { summary } from "./measure.ts";

const MODELS = 20;
const ROUNDS = 5;
const ROWS = 500_000;
const REBUILDS = 30;
const LOOKS = 5;

/** What an Iceberg catalog costs beside DuckDB's own file, and what maintenance is worth. */
export async function benchIceberg(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "floe-bench-iceberg-"));
  const fixture = await requireService(icebergRest({ path: join(folder, "warehouse") }));
  const nessie = await requireNessie();
  if ("missing" in fixture) throw new Error(fixture.missing);
  if ("missing" in nessie) throw new Error(nessie.missing);
  const local: Lake = { uri: fixture.url, warehouse: "lake", staged: false };
  const remote: Lake = { uri: nessie.uri, warehouse: nessie.warehouse, staged: true };
  try {
    await benchModels({
      "DuckDB's own file": undefined,
      "Iceberg's own catalog, local files": local,
      "Nessie, MinIO": remote,
    });
    await benchMaintenance(local);
  } finally {
    await fixture[Symbol.asyncDispose]();
    await nessie[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** dbt's own time for a build of many small models, without starting dbt; each store in turn. */
async function benchModels(lakes: Readonly<Record<string, Lake | undefined>>): Promise<void> {
  const names = Array.from({ length: MODELS }, (_, index) => `model_${index}`);
  const models = names.map((name, index): [string, string] => [
    `models/${name}.sql`,
    index === 0
      ? "select range as id, hash(range)::varchar as text, range / 7 as amount from range(1000)\n"
      : `select * from {{ ref('${names[Math.floor(index / 4)]}') }}\n`,
  ]);
  const files = { "dbt_project.yml": PROJECT, ...Object.fromEntries(models) };
  const products = new Map<string, SampleProduct>();
  const times = new Map<string, number[]>();
  try {
    for (const [name, lake] of Object.entries(lakes)) {
      const product = await lakeProduct(lake, files);
      products.set(name, product);
      times.set(name, []);
    }
    for (let round = -1; round < ROUNDS; round += 1) {
      for (const [name, product] of products) {
        const report = await product.run({ select: "path:models/model_*" });
        if (report.status !== "success") throw new Error(JSON.stringify(report.faults));
        const file = join(product.dir, ".floe", "runs", report.run.id, "build-1", "run_results.json");
        const { elapsed_time } = JSON.parse(readFileSync(file, "utf8")) as { elapsed_time: number };
        // The first makes the tables; those after it rebuild them.
        if (round >= 0) times.get(name)?.push(elapsed_time * 1000);
      }
    }
  } finally {
    for (const product of products.values()) product[Symbol.dispose]();
  }
  const [base] = [...times.values()].map((all) => summary(all).median);
  console.log(
    `\n| ${MODELS} models of 1,000 rows rebuilt by dbt, ${ROUNDS} rounds | median s | x |\n|---|---|---|`,
  );
  for (const [name, all] of times) {
    const { median } = summary(all);
    console.log(`| ${name} | ${(median / 1000).toFixed(2)} | ${(median / (base ?? median)).toFixed(1)} |`);
  }
}

const PROJECT =
  "name: shop\nversion: '1.0'\nprofile: shop\nvars: {wider: false, broken: false}\nmodels: {shop: {+materialized: table}}\n";

/** A table rebuilt again and again: what a full scan takes, and what it takes once it was maintained. */
async function benchMaintenance(lake: Lake): Promise<void> {
  using product = await lakeProduct(lake);
  product.write("manifest.yaml", await lakeManifest(lake));
  const project = Project.open({ cwd: product.dir, env: process.env });
  try {
    const plugins = await project.plugins();
    const compute = plugins.get("compute") as ComputePlugin;
    const config = project.computeConfig(plugins);
    await compute.prepare?.(config);
    const connection = await compute.connect(config, { readOnly: false });
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const started = performance.now();
      await work();
      return performance.now() - started;
    };
    const scan = async (table: string): Promise<string> => {
      const all: number[] = [];
      for (let look = 0; look < LOOKS; look += 1)
        all.push(await timed(() => connection.query(`SELECT sum(id), min(text) FROM ${table}`)));
      return `${Math.round(summary(all).median)} ms`;
    };
    await connection.query("CREATE SCHEMA IF NOT EXISTS lake.bench");
    const lines: string[] = [];
    for (const version of [2, 3]) {
      const table = `lake.bench.v${version}`;
      const rows = `SELECT range AS id, hash(range)::VARCHAR AS text FROM range(${ROWS})`;
      await connection.query(
        `CREATE TABLE ${table} (id BIGINT, text VARCHAR) WITH ('format-version' = '${version}')`,
      );
      await connection.query(`INSERT INTO ${table} ${rows}`);
      const first = await scan(table);
      const builds: number[] = [];
      for (let build = 0; build < REBUILDS; build += 1) {
        builds.push(
          await timed(async () => {
            await connection.query("BEGIN");
            await connection.query(`DELETE FROM ${table}`);
            await connection.query(`INSERT INTO ${table} ${rows}`);
            await connection.query("COMMIT");
          }),
        );
      }
      const after = await scan(table);
      let maintained = "-";
      const seconds = await timed(async () => {
        if (version > 2) return;
        const policy = { keepSnapshots: 1, maxSnapshotAgeHours: 0, automatic: false };
        await compute.maintainTables?.(config, [{ schema: "bench", table: "v2" }], policy);
        maintained = await scan(table);
      });
      const cost = version > 2 ? "-" : `${(seconds / 1000).toFixed(1)} s`;
      const [early, late] = [builds[0] ?? 0, builds.at(-1) ?? 0].map((ms) => `${Math.round(ms)} ms`);
      lines.push(`| ${version} | ${first} | ${after} | ${maintained} | ${cost} | ${early} | ${late} |`);
    }
    await connection.close();
    console.log(
      `\n| format version | scan of ${ROWS.toLocaleString("en")} rows | after ${REBUILDS} rebuilds | maintained | that took | first rebuild | last |\n|---|---|---|---|---|---|---|`,
    );
    for (const line of lines) console.log(line);
  } finally {
    await project.close();
  }
}
