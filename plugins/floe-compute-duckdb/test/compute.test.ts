import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CatalogConfig, ComputeConfig, PluginImplementation } from "@floe/core";
import { createTestContext } from "@floe/testkit/check";
import plugin from "floe-compute-duckdb";
import { describe, expect, it, onTestFinished } from "vitest";

function open(config: Record<string, unknown> = {}): {
  compute: PluginImplementation<"compute">;
  product: ComputeConfig;
  dir: string;
} {
  const dir = mkdtempSync(join(tmpdir(), "floe-duckdb-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const context = createTestContext({ kind: "compute", name: "duckdb", dir });
  const compute = plugin.create(plugin.configSchema.parse(config), context);
  return { compute, product: { productName: "orders-360", target: "dev", projectDir: dir }, dir };
}

const lake = (authorization: CatalogConfig["authorization"]): CatalogConfig => ({
  name: "lake",
  uri: "https://catalog.example/iceberg/",
  warehouse: "o'brien",
  authorization,
});
const secret = (name: string) => ({ source: "env" as const, name });

describe("DuckDB's profile", () => {
  it("holds only keys that dbt-duckdb has, a file for each product, and lets go of it between commands", () => {
    const { compute, product } = open({
      memory_limit: "4GB",
      extensions: ["json"],
      attach: [{ path: "other.duckdb", alias: "other" }],
    });
    expect(
      compute.generateDbtProfile({
        ...product,
        schema: "gold",
        storageProfile: { settings: { s3_region: "eu" } },
      }),
    ).toEqual({
      type: "duckdb",
      path: ".floe/orders_360.duckdb",
      schema: "gold",
      threads: 4,
      keep_open: false,
      extensions: ["json"],
      settings: { s3_region: "eu", memory_limit: "4GB" },
      attach: [{ path: "other.duckdb", alias: "other", read_only: true }],
    });
  });

  it("attaches a catalog, with its secret by reference", () => {
    const { compute, product } = open();
    const catalog = lake({
      type: "oauth2",
      clientId: secret("ID"),
      clientSecret: secret("PASS"),
      scope: "ALL",
    });
    expect(compute.generateDbtProfile({ ...product, catalog })).toMatchObject({
      database: "lake",
      extensions: ["avro", "httpfs", "iceberg"],
      secrets: [
        {
          name: "lake_secret",
          type: "iceberg",
          client_id: "{{ env_var('ID') }}",
          client_secret: "{{ env_var('PASS') }}",
          oauth2_server_uri: "https://catalog.example/iceberg/v1/oauth/tokens",
          oauth2_scope: "ALL",
        },
      ],
      attach: [
        {
          path: "o'brien",
          alias: "lake",
          type: "iceberg",
          secret: "lake_secret",
          options: { endpoint: "https://catalog.example/iceberg/" },
        },
      ],
    });
  });
});

describe("attaching an Iceberg REST catalog", () => {
  it.each<[CatalogConfig["authorization"], string[]]>([
    [
      { type: "none" },
      [
        "ATTACH IF NOT EXISTS 'o''brien' AS \"lake\" (TYPE iceberg, ENDPOINT 'https://catalog.example/iceberg/', AUTHORIZATION_TYPE 'none')",
      ],
    ],
    [
      { type: "bearer", token: secret("TOKEN") },
      [
        "CREATE OR REPLACE SECRET \"lake_secret\" (TYPE iceberg, TOKEN '{{ env_var('TOKEN') }}')",
        "ATTACH IF NOT EXISTS 'o''brien' AS \"lake\" (TYPE iceberg, ENDPOINT 'https://catalog.example/iceberg/', SECRET \"lake_secret\")",
      ],
    ],
    [
      { type: "sigv4", region: "eu-central-1", service: "glue" },
      [
        "CREATE OR REPLACE SECRET \"lake_secret\" (TYPE s3, PROVIDER credential_chain, REGION 'eu-central-1')",
        "ATTACH IF NOT EXISTS 'o''brien' AS \"lake\" (TYPE iceberg, ENDPOINT 'https://catalog.example/iceberg/', SECRET \"lake_secret\", AUTHORIZATION_TYPE 'sigv4')",
      ],
    ],
  ])("by %j", (authorization, expected) => {
    const { compute } = open();
    const statements = compute.getCatalogAttachmentSql?.(lake(authorization)) ?? [];
    expect(statements.filter((one) => !/^(INSTALL|LOAD) /.test(one))).toEqual(expected);
    expect(statements.slice(0, statements.length - expected.length).length).toBeGreaterThanOrEqual(6);
  });

  it("gives statements that DuckDB can parse", async () => {
    const { compute, product } = open({ path: ":memory:" });
    const connection = await compute.connect(product);
    for (const authorization of [
      { type: "none" } as const,
      { type: "bearer", token: secret("T") } as const,
    ]) {
      for (const statement of compute.getCatalogAttachmentSql?.(lake(authorization)) ?? []) {
        const filled = statement.replace(/\{\{ env_var\('(\w+)'\) \}\}/g, "$1");
        if (/^(INSTALL|LOAD) /.test(filled)) continue;
        // Without the extension DuckDB refuses them later than its parser does, and in other words.
        const error = await connection.query(filled).catch((caught: { why?: string }) => caught);
        expect((error as { why?: string }).why ?? "").not.toMatch(/parser error|syntax error/i);
      }
    }
    await connection.close();
  });
});

describe("a DuckDB file", () => {
  it("that another process writes is told with that process, and found again when it is free", async () => {
    const { compute, product, dir } = open({ path: "shop.duckdb" });
    const file = join(dir, "shop.duckdb");
    const holder = spawn(
      process.execPath,
      [
        "-e",
        `import(${JSON.stringify(import.meta.resolve("@duckdb/node-api"))}).then(async ({ DuckDBInstance }) => { globalThis.held = await DuckDBInstance.create(${JSON.stringify(file)}); console.log("held"); setInterval(() => {}, 1000); })`,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    onTestFinished(() => void holder.kill("SIGKILL"));
    await once(holder.stdout, "data");

    expect(await compute.validateConnection(product)).toMatchObject({
      success: false,
      message: expect.stringContaining(`process ${holder.pid}`),
      next: [expect.stringContaining(`kill ${holder.pid}`)],
    });
    await expect(compute.connect(product)).rejects.toMatchObject({ code: "COMPUTE.LOCKED" });

    holder.kill("SIGKILL");
    await once(holder, "close");
    const connection = await compute.connect(product, { readOnly: false });
    await connection.query("CREATE TABLE t AS SELECT 1 AS a");
    await connection.close();
    expect(await compute.validateConnection(product)).toMatchObject({ success: true });
  });

  it("isn't made by looking whether it could be", async () => {
    const { compute, product, dir } = open();
    expect(await compute.validateConnection(product)).toMatchObject({
      success: true,
      message: expect.stringContaining("made at the first run"),
    });
    expect(readdirSync(dir)).toEqual([]);
  });

  it("is made with its folder when something writes", async () => {
    const { compute, product, dir } = open();
    const connection = await compute.connect(product, { readOnly: false });
    await connection.close();
    expect(existsSync(join(dir, ".floe", "orders_360.duckdb"))).toBe(true);
  });
});

describe("values", () => {
  it("come as the contract has them", async () => {
    const { compute, product } = open({ path: ":memory:" });
    const connection = await compute.connect(product);
    const { rows, columns } = await connection.query(
      `SELECT 1::BIGINT, 9007199254740993::BIGINT, 1.50::DECIMAL(5,2), DATE '2020-01-02', TIMESTAMP '2020-01-02 03:04:05.5',
              TIMESTAMPTZ '2020-01-02 03:04:05+00', 'ab'::BLOB, [1, 2], {'a': 1}, NULL, true, 1.5::DOUBLE`,
    );
    expect(rows).toEqual([
      [
        1,
        "9007199254740993",
        "1.50",
        "2020-01-02",
        "2020-01-02T03:04:05.5",
        expect.stringMatching(/^2020-01-0\dT\d\d:04:05[+-]\d\d:\d\d$/),
        "YWI=",
        "[1,2]",
        '{"a":1}',
        null,
        true,
        1.5,
      ],
    ]);
    expect(columns[2]?.type).toBe("DECIMAL(5,2)");
    await connection.close();
  });
});
