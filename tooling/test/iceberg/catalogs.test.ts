import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CatalogPlugin,
  completePlugin,
  type PluginImplementation,
  pyicebergCatalogProperties,
} from "@floe/core";
import { createTestContext } from "@floe/testkit/check";
import polaris from "floe-catalog-polaris";
import { managementOf } from "floe-catalog-polaris/management";
import rest from "floe-catalog-rest";
import duckdb from "floe-compute-duckdb";
import { afterAll, describe, expect, it } from "vitest";
import { icebergRest } from "../../services/iceberg-rest.ts";
import { requireNessie } from "../../services/nessie.ts";
import { type PolarisServer, startPolaris } from "../../services/polaris/server.ts";
import { runPyiceberg } from "../../services/pyiceberg.ts";
import { requireService } from "../../services/service.ts";
import { extensionFiles } from "./extensions.ts";

const folder = mkdtempSync(join(tmpdir(), "floe-lake-"));
const nessie = await requireNessie();
const polarisServer = "uri" in nessie ? await startPolaris(nessie) : undefined;
const fixture = await requireService(icebergRest({ path: join(folder, "warehouse") }));
afterAll(async () => {
  await polarisServer?.[Symbol.asyncDispose]();
  if ("uri" in nessie) await nessie[Symbol.asyncDispose]();
  if ("url" in fixture) await fixture[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

interface Server {
  plugin: CatalogPlugin;
  /** Values of secrets by environment variable. */
  secrets: Record<string, string>;
  /** Options of DuckDB's ATTACH. */
  options?: Record<string, boolean>;
}

const completed = (name: string, implementation: PluginImplementation<"catalog">): CatalogPlugin =>
  completePlugin("catalog", { name, version: "0.0.0", floeApiVersion: "1.0" }, implementation);

function restAt(uri: string): CatalogPlugin {
  const context = createTestContext({ kind: "catalog", name: "rest", dir: folder });
  return completed("rest", rest.create(rest.configSchema.parse({ uri, warehouse: "warehouse" }), context));
}

/** Polaris as its root principal, with a catalog in which that may do everything, in a realm of its own. */
async function polarisAt({ url, realm, root }: PolarisServer): Promise<Server> {
  const secrets = { POLARIS_ID: root.clientId, POLARIS_SECRET: root.clientSecret };
  const secret = (name: string) => ({ source: "env", name });
  const config = {
    uri: `${url}/api/catalog`,
    warehouse: "lake",
    realm,
    authorization: {
      type: "oauth2",
      client_id: secret("POLARIS_ID"),
      client_secret: secret("POLARIS_SECRET"),
    },
  };
  const context = createTestContext({ kind: "catalog", name: "polaris", dir: folder, secrets });
  const plugin = completed("polaris", polaris.create(polaris.configSchema.parse(config), context));
  const { catalogs, catalogRoles } = managementOf(plugin);
  await catalogs.create({
    name: "lake",
    defaultBaseLocation: "s3://lake/wh",
    storage: { storageType: "S3", allowedLocations: ["s3://lake/wh/"] },
  });
  await catalogRoles("lake").grant("catalog_admin", { type: "catalog", privilege: "CATALOG_MANAGE_CONTENT" });
  return { plugin, secrets };
}

const SERVERS: readonly (readonly [string, (() => Promise<Server>) | undefined])[] = [
  [
    "Nessie, with keys that it vends",
    "uri" in nessie ? async () => ({ plugin: restAt(nessie.uri), secrets: {} }) : undefined,
  ],
  [
    "Iceberg's own, on local files",
    "url" in fixture
      ? async () => ({
          plugin: restAt(fixture.url),
          secrets: {},
          // A warehouse of local files has no place for a table that isn't committed yet.
          options: { stage_create_tables: false },
        })
      : undefined,
  ],
  [
    "Polaris, with a login, a realm and keys that it vends when asked",
    polarisServer === undefined ? undefined : () => polarisAt(polarisServer),
  ],
];

const APPEND = `
from decimal import Decimal
table = catalog.load_table(given)
rows = {"id": [1, 2], "name": ["a", "ü"], "amount": [Decimal("1.50"), None]}
table.append(pa.table(rows, schema=table.schema().as_arrow()))
answer = [str(table.metadata.table_uuid), str(table.current_snapshot().snapshot_id)]
`;
const READ = `
rows = catalog.load_table(given).scan().to_arrow().to_pylist()
answer = sorted([row["id"], row["name"], str(row["amount"])] for row in rows)
`;

describe.each(SERVERS)("on %s", (_server, start) => {
  it.skipIf(start === undefined)(
    "a table made through floe is filled by pyiceberg, and read and filled by DuckDB",
    async () => {
      if (start === undefined) return;
      const { plugin, secrets, options } = await start();
      const catalog = await plugin.connect();
      await plugin.createNamespace("sales");
      const table = "sales.orders";
      const made = await catalog.createTable(table, {
        fields: [
          { name: "id", type: "long", required: true },
          { name: "name", type: "string", required: false },
          { name: "amount", type: "decimal(10, 2)", required: false },
        ],
      });

      const properties = pyicebergCatalogProperties(
        plugin.getCatalogConfig(),
        ({ name }) => secrets[name] ?? "",
      );
      const [uuid, snapshot] = (await runPyiceberg(properties, APPEND, table)) as [string, string];
      const loaded = await catalog.loadTable(table);
      expect(uuid).toBe(made.uuid);
      expect(loaded).toMatchObject({ uuid: made.uuid, currentSnapshotId: snapshot, schema: made.schema });

      const compute = duckdb.create(
        duckdb.configSchema.parse({
          settings: { extension_directory: join(folder, "extensions") },
          ...(options === undefined ? {} : { catalog_options: options }),
        }),
        createTestContext({ kind: "compute", name: "duckdb", dir: folder, secrets }),
      );
      const product = { productName: "shop", target: "dev", projectDir: folder };
      const installer = await compute.connect(product, { readOnly: false });
      for (const file of await extensionFiles()) await installer.query(`INSTALL '${file}'`);
      await installer.close();
      const lake = { ...product, catalog: plugin.getCatalogConfig() };
      const connection = await compute.connect(lake, { readOnly: false });
      const { rows } = await connection.query(
        "SELECT id, name, amount::varchar FROM lake.sales.orders ORDER BY id",
      );
      expect(rows.map((row) => row.map(String))).toEqual([
        ["1", "a", "1.50"],
        ["2", "ü", "null"],
      ]);
      await connection.query("INSERT INTO lake.sales.orders VALUES (3, 'c', 2.25)");
      await connection.close();

      expect(await runPyiceberg(properties, READ, table)).toEqual([
        [1, "a", "1.50"],
        [2, "ü", "None"],
        [3, "c", "2.25"],
      ]);
      const after = await catalog.loadTable(table);
      expect(after.uuid).toBe(made.uuid);
      expect(after.currentSnapshotId).not.toBe(snapshot);
      await catalog.dropTable(table, { purge: true });
      await catalog.dropNamespace("sales");
    },
    120_000,
  );
});
