import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Project } from "@floe/host/project";
import { afterAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { requireAzurite } from "../../services/azurite.ts";
import { icebergRest } from "../../services/iceberg-rest.ts";
import { requireNessie } from "../../services/nessie.ts";
import { requireService } from "../../services/service.ts";
import { SampleProduct } from "../run/sample-product.ts";
import { extensionFiles } from "./extensions.ts";

const LONG = 600_000;
const folder = mkdtempSync(join(tmpdir(), "floe-matrix-"));
const nessie = await requireNessie();
const azurite = await requireAzurite();
const minio = "minio" in nessie ? nessie.minio : undefined;
if (minio !== undefined) await minio.makeBucket("files");
if (!("missing" in azurite)) await azurite.makeContainer("files");
const onFiles = await requireService(icebergRest({ path: join(folder, "warehouse") }));
const onBucket =
  minio === undefined
    ? { missing: "no MinIO" }
    : await requireService(icebergRest({ ...minio, location: "s3://files/catalog" }));
afterAll(async () => {
  for (const server of [onFiles, onBucket, azurite, nessie])
    if (!("missing" in server)) await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** The same in every cell: a file in the store, or a table, and a table of gold that reads it. */
const FILES: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({
    private: true,
    dependencies: Object.fromEntries(
      [
        "floe-catalog-rest",
        "floe-compute-duckdb",
        "floe-dbt-local",
        "floe-dq-custom",
        "floe-storage-azure",
        "floe-storage-gcs",
        "floe-storage-local",
        "floe-storage-minio",
        "floe-storage-s3",
      ].map((name) => [name, "*"]),
    ),
  }),
  "floe.yaml": `apiVersion: floe.dev/v1
kind: FloeSpec
metadata: {name: shop, version: 1.0.0}
transforms:
  - name: silver_orders
    qualityChecks: [{name: orders, type: row_count_between, severity: critical, parameters: {min: 3, max: 3}}]
`,
  "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\nmodels: {shop: {+materialized: table}}\n",
  "seeds/orders.csv": "id,customer,amount\n1,ada,10\n2,ada,20\n3,bob,30\n",
  "models/silver_orders.sql":
    "{{ config(materialized='external') }} select id, customer, amount from {{ ref('orders') }}\n",
  "models/gold_totals.sql":
    "select customer, sum(amount) as total from {{ ref('silver_orders') }} group by customer\n",
};
const GOLD = [
  ["ada", "30"],
  ["bob", "30"],
];

const secret = (name: string) => ({ source: "env", name });
const keys = {
  access_key_id: secret("LAKE_KEY_ID"),
  secret_access_key: secret("LAKE_SECRET"),
};
const env = {
  LAKE_KEY_ID: minio?.credentials.accessKeyId ?? "",
  LAKE_SECRET: minio?.credentials.secretAccessKey ?? "",
  AZURE_KEY: "account" in azurite ? azurite.account.key : "",
};
const server = { bucket: "files", prefix: "lake", endpoint: minio?.url ?? "http://127.0.0.1:9" };
const s3 = { ...server, region: minio?.region ?? "", path_style: true, ...keys };

const gcs = { ...server, hmac_key_id: keys.access_key_id, hmac_secret: keys.secret_access_key };

interface Cell {
  storage: { type: string; config?: object };
  catalog?: { uri: string; warehouse: string; staged?: boolean };
  missing?: string;
}

const STORES: Readonly<Record<string, Cell["storage"]>> = {
  local: { type: "local" },
  minio: { type: "minio", config: s3 },
  s3: { type: "s3", config: s3 },
  // DuckDB speaks to Cloud Storage by its S3-compatible API, which MinIO has and fake-gcs-server has not.
  gcs: { type: "gcs", config: gcs },
  azure: {
    type: "azure",
    config: {
      account: "account" in azurite ? azurite.account.name : "floe",
      container: "files",
      prefix: "lake",
      endpoint: "endpoint" in azurite ? azurite.endpoint : "http://127.0.0.1:9/floe",
      account_key: secret("AZURE_KEY"),
    },
  },
};

const missing = (...servers: object[]): { missing?: string } =>
  servers.find((one): one is { missing: string } => "missing" in one) ?? {};

const CELLS: readonly [string, Cell][] = [
  ...Object.entries(STORES).map(([name, storage]): [string, Cell] => [
    `${name}, without a catalog`,
    { storage, ...(name === "azure" ? missing(azurite) : name === "local" ? {} : missing(nessie)) },
  ]),
  [
    "local, in Iceberg's own catalog",
    {
      storage: { type: "local" },
      catalog: { uri: "url" in onFiles ? onFiles.url : "", warehouse: "lake", staged: false },
      ...missing(onFiles),
    },
  ],
  [
    "minio, in Nessie, which vends keys",
    {
      storage: { type: "minio", config: { ...s3, bucket: "lake", prefix: "wh" } },
      catalog: { uri: "uri" in nessie ? nessie.uri : "", warehouse: "warehouse" },
      ...missing(nessie),
    },
  ],
  [
    "s3, in Iceberg's own catalog, which vends none",
    {
      storage: { type: "s3", config: { ...s3, prefix: "catalog" } },
      catalog: { uri: "url" in onBucket ? onBucket.url : "", warehouse: "lake" },
      ...missing(onBucket),
    },
  ],
];

describe("one product, whatever its store and its catalog", { timeout: LONG }, () => {
  it.for(CELLS)("has the same gold on %s", async ([name, { storage, catalog, missing }], { skip }) => {
    if (missing !== undefined) skip(missing);
    const extensions = ["avro", "httpfs", "iceberg", "azure"];
    const manifest = {
      apiVersion: "floe.dev/v1",
      kind: "Manifest",
      metadata: { name: "matrix", version: "1.0.0", owner: "me@example.com" },
      plugins: {
        compute: {
          type: "duckdb",
          config: {
            extension_files: await extensionFiles(extensions),
            ...(catalog?.staged === false ? { catalog_options: { stage_create_tables: false } } : {}),
          },
        },
        storage,
        ...(catalog === undefined
          ? {}
          : { catalog: { type: "rest", config: { uri: catalog.uri, warehouse: catalog.warehouse } } }),
      },
    };
    using product = new SampleProduct({ ...FILES, "manifest.yaml": stringify(manifest) }, { bare: true });
    const report = await product.run({ env });
    expect(report.faults).toEqual([]);
    expect(report.checks).toMatchObject({ passed: 1, failed: 0 });
    const schema = catalog === undefined ? "main" : "lake.shop";
    const columns = "customer, total::bigint";
    expect(await product.rows(`(SELECT ${columns} FROM ${schema}.gold_totals)`, env)).toEqual(GOLD);

    // Where floe's own storage plugin says that it lies; Cloud Storage's JSON API isn't one of MinIO's.
    if (catalog !== undefined || name.startsWith("gcs")) return;
    const project = Project.open({ cwd: product.dir, env: { ...process.env, ...env } });
    const plugin = (await project.plugins()).get("storage");
    const file = plugin?.getFileIO().newInput(`${plugin.getWarehouseUri("")}/silver_orders.parquet`);
    expect(await file?.exists()).toBe(true);
    await project.close();
  });
});
