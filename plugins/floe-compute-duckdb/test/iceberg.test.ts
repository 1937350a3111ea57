import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CatalogConfig, ComputeConfig, PluginImplementation } from "@floe/core";
import { createTestContext } from "@floe/testkit/check";
import plugin from "floe-compute-duckdb";
import { describe, expect, it, onTestFinished } from "vitest";

const PACKAGE = join(import.meta.dirname, "..");
const catalog: CatalogConfig = {
  name: "Lake",
  uri: "https://catalog.example/iceberg/",
  warehouse: "lake",
  authorization: { type: "none" },
};

function open(config: object = {}): { compute: PluginImplementation<"compute">; product: ComputeConfig } {
  const dir = mkdtempSync(join(tmpdir(), "floe-duckdb-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const context = createTestContext({ kind: "compute", name: "duckdb", dir, packageDir: PACKAGE });
  const compute = plugin.create(plugin.configSchema.parse(config), context);
  return { compute, product: { productName: "orders-360", target: "dev", projectDir: dir } };
}

describe("dbt's macros for a catalog", () => {
  it("are those of the package, and know the configured catalogs and properties; without a catalog there are none", async () => {
    const { compute, product } = open({
      attach: [
        { path: "other", alias: "archive", type: "iceberg" },
        { path: "dim.duckdb", alias: "dim" },
      ],
      table_properties: { "format-version": "3", comment: "it's floe's" },
    });
    expect(await compute.getDbtMacros?.(product)).toEqual({});
    const macros = await compute.getDbtMacros?.({ ...product, catalog });
    expect(Object.keys(macros ?? {}).toSorted()).toEqual(
      [...readdirSync(join(PACKAGE, "macros")), "catalog.sql"].toSorted(),
    );
    expect(macros?.["catalog.sql"]).toContain(`| lower in ["lake", "archive"]`);
    expect(macros?.["catalog.sql"]).toContain(
      `"'format-version' = '3', 'write.metadata.delete-after-commit.enabled' = 'true', 'comment' = 'it''s floe''s'"`,
    );
  });

  it("can't be given a property that would be a macro", () => {
    expect(plugin.configSchema.safeParse({ table_properties: { a: "{{ env_var('PASS') }}" } }).success).toBe(
      false,
    );
  });
});

describe("a product in a catalog", () => {
  it("goes to a namespace of its name, unless dbt says another", () => {
    const { compute, product } = open();
    expect(compute.generateDbtProfile({ ...product, catalog }).schema).toBe("orders_360");
    expect(compute.generateDbtProfile({ ...product, catalog, schema: "sales" }).schema).toBe("sales");
    expect(compute.generateDbtProfile(product).schema).toBeUndefined();
  });

  it("has tables that are named by the catalog, and others by the file", () => {
    const { compute, product } = open();
    const table = { schema: "sales", table: "orders" };
    expect(compute.getDatasetName({ ...product, catalog }, { database: "lake", ...table })).toEqual({
      namespace: "https://catalog.example/iceberg",
      name: "sales.orders",
    });
    expect(compute.getDatasetName({ ...product, catalog }, { database: "memory", ...table }).namespace).toBe(
      "duckdb://:memory:",
    );
  });

  it.each([
    [
      "Failed to commit Iceberg transaction: Request to '...' returned a non-200 status code (Conflict_409). \n message: Requirement failed: branch main has changed: expected id 1 != 2\n type: CommitFailedException",
      "CATALOG.CONFLICT",
    ],
    ["Conversion Error: Could not convert string 'az' to INT32", undefined],
    ["Request returned HTTP 500 for ... body: 409 rows", undefined],
  ])("knows another writer's commit by DuckDB's words: %s", (message, code) => {
    expect(open().compute.getFailureCode?.(message)).toBe(code);
  });
});

describe("files that models write without a catalog", () => {
  it.each([
    ["s3://lake/wh", "s3://lake/wh"],
    ["gs://lake/wh", "gs://lake/wh"],
    ["abfss://lake@acme.dfs.core.windows.net/wh", "az://lake/wh"],
    ["abfss://lake@acme.dfs.core.windows.net", "az://lake"],
    ["file:///data/wh", "/data/wh"],
  ])("go to the warehouse %s as DuckDB writes it", (warehouseUri, root) => {
    const { compute, product } = open();
    expect(compute.generateDbtProfile({ ...product, warehouseUri }).external_root).toBe(root);
    expect(compute.generateDbtProfile({ ...product, warehouseUri, catalog }).external_root).toBeUndefined();
  });

  it("go to a folder of the product's that is made for them, and named from there", async () => {
    const { compute, product } = open();
    const warehouseUri = `file://${join(product.projectDir, ".floe", "warehouse")}`;
    const config = { ...product, warehouseUri };
    expect(compute.generateDbtProfile(config).external_root).toBe(join(".floe", "warehouse"));
    await compute.prepare?.(config);
    expect(existsSync(join(product.projectDir, ".floe", "warehouse"))).toBe(true);
  });
});

describe("extensions from files", () => {
  it("are told where they are missing, and where DuckDB doesn't take them", async () => {
    const missing = open({ extension_files: ["ext/iceberg.duckdb_extension"] });
    await expect(missing.compute.prepare?.(missing.product)).rejects.toMatchObject({
      code: "CONFIG.REFERENCE",
      summary: expect.stringContaining(join(missing.product.projectDir, "ext", "iceberg.duckdb_extension")),
    });
    const wrong = open({ extension_files: ["iceberg.duckdb_extension"] });
    writeFileSync(join(wrong.product.projectDir, "iceberg.duckdb_extension"), "x".repeat(1000));
    await expect(wrong.compute.prepare?.(wrong.product)).rejects.toMatchObject({
      code: "CONNECTION.FAILED",
      next: [expect.stringContaining("extension_files")],
    });
  });

  it("are below the product's folder, unless the settings say where", () => {
    const files = { extension_files: ["/opt/iceberg.duckdb_extension"] };
    const own = open(files);
    expect(own.compute.generateDbtProfile(own.product)).toMatchObject({
      config_options: { extension_directory: ".floe/duckdb/extensions" },
    });
    const given = open({ ...files, settings: { extension_directory: "/opt/ext" } });
    expect(given.compute.generateDbtProfile(given.product)).toMatchObject({
      config_options: { extension_directory: "/opt/ext" },
    });
  });
});
