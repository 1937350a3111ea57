import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { IngestionSource } from "@floe/core";
import { createPythonRuntime } from "@floe/host";
import { createTestContext, type TestContextOptions } from "@floe/testkit/check";
import dlt from "floe-ingestion-dlt";
import azure from "floe-storage-azure";
import gcs from "floe-storage-gcs";
import minio from "floe-storage-minio";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AZURITE_START_LIMIT_MS, requireAzurite } from "../../services/azurite.ts";
import { requireFakeGcs } from "../../services/fake-gcs-server.ts";
import { requireMinio } from "../../services/minio.ts";

const dir = mkdtempSync(join(tmpdir(), "floe-sources-"));
const s3 = await requireMinio();
const google = await requireFakeGcs();
const blobs = await requireAzurite();
afterAll(async () => {
  for (const server of [s3, google, blobs]) if ("url" in server) await server[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
}, AZURITE_START_LIMIT_MS);

/** Google's tools find the emulator by it; the keys of the others are named in the manifest. */
const environment = {
  ...process.env,
  ...("url" in google ? { STORAGE_EMULATOR_HOST: google.url } : {}),
};
const python = createPythonRuntime({ env: environment, projectDir: dir });
const packageDir = dirname(fileURLToPath(import.meta.resolve("floe-ingestion-dlt/package.json")));
const context = (options: Partial<TestContextOptions>) =>
  createTestContext({ kind: "ingestion", name: "dlt", dir, python, ...options });
const plain = context({});
const ingestion = dlt.create(dlt.configSchema.parse({}), {
  ...plain,
  plugin: { ...plain.plugin, packageDir },
});
beforeAll(() => ingestion.startup?.());
afterAll(() => ingestion.shutdown?.());

/** As floe resolves what the manifest names. */
const env = {
  ...("url" in s3 ? { ID: s3.credentials.accessKeyId, KEY: s3.credentials.secretAccessKey } : {}),
  ...("url" in blobs ? { AZURE_KEY: blobs.account.key } : {}),
};
const key = (name: string) => ({ source: "env" as const, name });
const stores = [
  {
    name: "MinIO",
    missing: "missing" in s3,
    uri: "s3://landing",
    async open() {
      if ("missing" in s3) throw new Error(s3.missing);
      await s3.makeBucket("landing");
      const config = minio.configSchema.parse({
        endpoint: s3.url,
        bucket: "landing",
        region: s3.region,
        access_key_id: key("ID"),
        secret_access_key: key("KEY"),
      });
      const { accessKeyId, secretAccessKey } = s3.credentials;
      const secrets = { ID: accessKeyId, KEY: secretAccessKey };
      return minio.create(config, context({ kind: "storage", name: "minio", secrets }));
    },
  },
  {
    name: "Google Cloud Storage",
    missing: "missing" in google,
    uri: "gs://landing",
    async open() {
      if ("missing" in google) throw new Error(google.missing);
      await google.makeBucket("landing");
      const config = gcs.configSchema.parse({ bucket: "landing", endpoint: google.url, anonymous: true });
      return gcs.create(config, context({ kind: "storage", name: "gcs" }));
    },
  },
  {
    name: "Azure Blob Storage",
    missing: "missing" in blobs,
    uri: "abfss://landing@floe.dfs.core.windows.net",
    async open() {
      if ("missing" in blobs) throw new Error(blobs.missing);
      await blobs.makeContainer("landing");
      const config = azure.configSchema.parse({
        account: blobs.account.name,
        container: "landing",
        endpoint: blobs.endpoint,
        account_key: key("AZURE_KEY"),
      });
      const secrets = { AZURE_KEY: blobs.account.key };
      return azure.create(config, context({ kind: "storage", name: "azure", secrets }));
    },
  },
];

describe.each(stores)("sources in $name", { timeout: 120_000 }, ({ name, uri, missing, open }) => {
  it.skipIf(missing)(
    "are files, folders and globs, with whatever name; and what is wrong is told",
    async () => {
      const storage = await open();
      const io = storage.getFileIO();
      const below = storage.getWarehouseUri("");
      const write = (path: string, text: string) =>
        io.newOutput(`${below}/${path}`).write(new TextEncoder().encode(text));
      await write("in/orders 1+#%25.csv", "id,amount\n1,10\n2,20\n");
      await write("in/2024/orders-2.csv", "id,amount\n3,30\n");
      await write("in/notes.txt", "nothing of interest");
      await write("bad/orders.csv", "id,amount\n1,10\n2\n");
      await write("empty/orders.csv", "");

      const load = async (path: string, writeMode = "replace") => {
        const source = {
          name: "orders",
          sourceType: "filesystem",
          format: "csv",
          path,
          destinationTable: "raw.orders",
          writeMode,
          schemaContract: "evolve",
        } as IngestionSource;
        const product = name.toLowerCase().replaceAll(" ", "-");
        const pipeline = await ingestion.createPipeline({
          productName: product,
          projectDir: dir,
          sources: [source],
          destination: { type: "duckdb", path: join(dir, `${product}.duckdb`) },
          storageProperties: { ...storage.getPyicebergProperties(), ...storage.getPyicebergSecrets?.() },
          env,
          stateDir: join(dir, product),
        });
        const { sources } = await ingestion.run(pipeline);
        return sources[0];
      };
      expect(await load(`${uri}/in/orders 1+#%25.csv`)).toMatchObject({ success: true, rowsLoaded: 2 });
      expect(await load(`${uri}/in`)).toMatchObject({ success: true, rowsLoaded: 3 });
      expect(await load(`${uri}/in/*.csv`)).toMatchObject({ success: true, rowsLoaded: 2 });
      expect(await load(`${uri}/in/**/*.csv`)).toMatchObject({ success: true, rowsLoaded: 3 });
      expect(await load(`${uri}/in/nothing-*.csv`)).toMatchObject({
        success: false,
        errorCode: "INGESTION.FAILED",
        error: expect.stringContaining(`There is no file at ${uri}/in/nothing-*.csv`),
      });
      expect(await load(`${uri}/bad/*.csv`)).toMatchObject({
        success: false,
        error: expect.stringMatching(/landing\/bad\/orders\.csv/),
      });
      expect(await load(`${uri}/empty/orders.csv`)).toMatchObject({
        success: false,
        error: expect.stringContaining("The file is empty"),
      });
      const elsewhere = uri.replace("landing", "nowhere-at-all");
      expect(await load(`${elsewhere}/in/*.csv`)).toMatchObject({ success: false, rowsLoaded: 0 });
    },
  );
});
