import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CatalogConfig, ComputeConfig, PluginImplementation, SqlValue } from "@floe/core";
import { createTestContext, type TestContext } from "@floe/testkit/check";
import plugin from "floe-compute-duckdb";
import { describe, expect, it, onTestFinished } from "vitest";

function open(config: Record<string, unknown> = {}): {
  compute: PluginImplementation<"compute">;
  product: ComputeConfig;
  dir: string;
  context: TestContext;
} {
  const dir = mkdtempSync(join(tmpdir(), "floe-duckdb-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const context = createTestContext({ kind: "compute", name: "duckdb", dir });
  const compute = plugin.create(plugin.configSchema.parse(config), context);
  return { compute, product: { productName: "orders-360", target: "dev", projectDir: dir }, dir, context };
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
      timeout_seconds: 3600,
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

it("sends the headers that a catalog's requests are to have", () => {
  const { compute, product } = open();
  const catalog = {
    ...lake({ type: "bearer", token: secret("TOKEN") }),
    properties: { "header.Polaris-Realm": "o'brien", "s3.endpoint": "http://store" },
  };
  expect(compute.generateDbtProfile({ ...product, catalog })).toMatchObject({
    secrets: [{ type: "iceberg", extra_http_headers: { "Polaris-Realm": "o'brien" } }],
  });
  expect(compute.getCatalogAttachmentSql?.(catalog)?.join("\n")).toContain(
    "EXTRA_HTTP_HEADERS MAP {'Polaris-Realm': 'o''brien'}",
  );
});

describe("DuckDB's profile beside others", () => {
  it("keeps the secrets and databases that the storage brings", () => {
    const { compute, product } = open();
    const catalog = lake({ type: "bearer", token: secret("TOKEN") });
    const stored = { type: "s3", provider: "credential_chain", name: "store" };
    expect(
      compute.generateDbtProfile({
        ...product,
        catalog,
        storageProfile: { extensions: ["httpfs"], secrets: [stored], attach: [{ path: "dim.duckdb" }] },
      }),
    ).toMatchObject({
      extensions: ["httpfs", "avro", "iceberg"],
      secrets: [stored, { name: "lake_secret", type: "iceberg", token: "{{ env_var('TOKEN') }}" }],
      attach: [{ path: "dim.duckdb" }, { alias: "lake" }],
    });
  });

  it("has no file where a catalog holds the tables, unless one is configured", () => {
    const catalog = lake({ type: "none" });
    const usual = open();
    expect(usual.compute.generateDbtProfile({ ...usual.product, catalog }).path).toBe(":memory:");
    const chosen = open({ path: "{product_slug}.db" });
    expect(chosen.compute.generateDbtProfile({ ...chosen.product, catalog }).path).toBe("orders_360.db");
  });

  it("says where extensions are before they are loaded", async () => {
    const { compute, product } = open({
      settings: {
        extension_directory: "/opt/duckdb",
        allow_unsigned_extensions: true,
        preserve_insertion_order: false,
      },
    });
    expect(compute.generateDbtProfile(product)).toMatchObject({
      config_options: { extension_directory: "/opt/duckdb", allow_unsigned_extensions: true },
      settings: { preserve_insertion_order: false },
    });
    const connection = await compute.connect(product, { readOnly: false });
    const { rows } = await connection.query(
      "SELECT current_setting('extension_directory'), current_setting('allow_unsigned_extensions'), current_setting('preserve_insertion_order')",
    );
    expect(rows).toEqual([["/opt/duckdb", true, false]]);
    await connection.close();
  });

  it("passes an option of false on, which dbt-duckdb would leave out", () => {
    const { compute, product } = open({
      catalog_options: { stage_create_tables: false, support_nested_namespaces: true },
    });
    const catalog = lake({ type: "none" });
    expect(compute.generateDbtProfile({ ...product, catalog })).toMatchObject({
      attach: [{ options: { stage_create_tables: "false", support_nested_namespaces: true } }],
    });
    expect(compute.getCatalogAttachmentSql?.(catalog)?.at(-1)).toContain(
      "STAGE_CREATE_TABLES false, SUPPORT_NESTED_NAMESPACES true",
    );
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
        "ATTACH IF NOT EXISTS 'o''brien' AS \"lake\" (TYPE iceberg, SECRET \"lake_secret\", ENDPOINT 'https://catalog.example/iceberg/')",
      ],
    ],
    [
      { type: "sigv4", region: "eu-central-1", service: "glue" },
      [
        "CREATE OR REPLACE SECRET \"lake_secret\" (TYPE s3, PROVIDER credential_chain, REGION 'eu-central-1')",
        "ATTACH IF NOT EXISTS 'o''brien' AS \"lake\" (TYPE iceberg, SECRET \"lake_secret\", ENDPOINT 'https://catalog.example/iceberg/', AUTHORIZATION_TYPE 'sigv4', SIGV4_REGION 'eu-central-1', SIGV4_SERVICE 'glue')",
      ],
    ],
  ])("by %j", (authorization, expected) => {
    const { compute } = open();
    const statements = compute.getCatalogAttachmentSql?.(lake(authorization)) ?? [];
    expect(statements.filter((one) => !/^(INSTALL|LOAD) /.test(one))).toEqual(expected);
    expect(statements.slice(0, statements.length - expected.length).length).toBeGreaterThanOrEqual(6);
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

describe("one process", () => {
  /** Whether another process can write the file. */
  function elsewhere(file: string): string {
    const script = `import(${JSON.stringify(import.meta.resolve("@duckdb/node-api"))}).then(({ DuckDBInstance }) =>
      DuckDBInstance.create(${JSON.stringify(file)})).then(() => console.log("opened"), () => console.log("locked"))`;
    return spawnSync(process.execPath, ["-e", script], { encoding: "utf8" }).stdout.trim();
  }

  it("keeps its lock until the last of its connections is closed", async () => {
    const { compute, product, dir } = open({ path: "shop.duckdb" });
    await (await compute.connect(product, { readOnly: false })).close();
    const [first, second] = [await compute.connect(product), await compute.connect(product)];
    await first.close();
    expect(elsewhere(join(dir, "shop.duckdb"))).toBe("locked");
    expect((await second.query("SELECT 1")).rows).toEqual([[1]]);
    await second.close();
    expect(elsewhere(join(dir, "shop.duckdb"))).toBe("opened");
  });

  it("doesn't write beside its own readers", async () => {
    const { compute, product } = open({ path: "shop.duckdb" });
    await (await compute.connect(product, { readOnly: false })).close();
    const reader = await compute.connect(product);
    await expect(compute.connect(product, { readOnly: false })).rejects.toMatchObject({
      code: "COMPUTE.LOCKED",
      summary: expect.stringContaining("floe itself"),
    });
    await reader.close();
    await (await compute.connect(product, { readOnly: false })).close();
  });
});

describe("a statement that goes on", () => {
  const ENDLESS = "SELECT count(*) FROM range(1000000000000) a WHERE a.range % 7 = hash(a.range) % 5";

  it("ends at its limit, and the connection is usable", async () => {
    const { compute, product } = open({ path: ":memory:", timeout_seconds: 100 });
    const connection = await compute.connect({ ...product, timeoutSeconds: 0.1 });
    await expect(connection.query(ENDLESS)).rejects.toMatchObject({
      code: "COMPUTE.FAILED",
      summary: "A statement took longer than 0.1 s.",
    });
    expect((await connection.query("SELECT 1")).rows).toEqual([[1]]);
    await connection.close();
  });

  it("ends when the call is aborted, with the reason", async () => {
    const { compute, product, context } = open({ path: ":memory:" });
    const connection = await compute.connect(product);
    const running = connection.query(ENDLESS);
    const reason = new Error("the user interrupted");
    setTimeout(() => context.abort(reason), 50);
    await expect(running).rejects.toBe(reason);
    await connection.close();
  });

  it("ends when the connection is closed", async () => {
    const { compute, product } = open({ path: ":memory:" });
    const connection = await compute.connect(product);
    const running = connection.query(ENDLESS);
    const waiting = connection.query("SELECT 1");
    running.catch(() => {});
    waiting.catch(() => {});
    setTimeout(() => connection.close(), 50);
    await expect(running).rejects.toMatchObject({ code: "COMPUTE.FAILED" });
    await expect(waiting).rejects.toMatchObject({ why: "The connection is closed." });
  });
});

describe("checking the connection", () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ["a setting that DuckDB doesn't have", { settings: { memroy_limit: "4GB" } }, /settings\.memroy_limit/],
    [
      "one about extensions that it doesn't have",
      { settings: { extension_folder: "/opt" } },
      /config\.settings/,
    ],
    ["a value that it refuses", { settings: { memory_limit: "much" } }, /settings\.memory_limit/],
    ["a database that isn't there", { attach: [{ path: "/nowhere/dim.duckdb" }] }, /attach\[0\]/],
  ])("finds %s, and names the key", async (_what, config, key) => {
    const { compute, product } = open(config);
    const { success, next } = await compute.validateConnection(product);
    expect(success).toBe(false);
    expect(next.join(" ")).toMatch(key);
    await expect(compute.connect(product, { readOnly: false })).rejects.toMatchObject({
      code: "CONNECTION.FAILED",
    });
  });

  it("finds a folder outside of the product missing", async () => {
    const { compute, product } = open({ path: "../floe-not-there/shop.duckdb" });
    expect(await compute.validateConnection(product)).toMatchObject({
      success: false,
      message: expect.stringContaining("there is no folder"),
    });
    await expect(compute.connect(product, { readOnly: false })).rejects.toMatchObject({
      code: "CONNECTION.FAILED",
    });
  });

  it("knows a file of a newer DuckDB", async () => {
    const { compute, product, dir } = open({ path: "shop.duckdb" });
    const header = Buffer.alloc(3 * 4096);
    // The checksum of just this block.
    header.writeBigUInt64LE(10190598912423651105n, 0);
    header.write("DUCK", 8);
    header.writeBigUInt64LE(999n, 12);
    writeFileSync(join(dir, "shop.duckdb"), header);
    expect(await compute.validateConnection(product)).toMatchObject({
      success: false,
      message: expect.stringContaining("written by another version of DuckDB"),
    });
  });
});

describe("the schema", () => {
  const { configSchema } = plugin;
  const amounts = (cpu: string, memory: string) => ({ cpu, memory });

  it("refuses what DuckDB and Kubernetes would refuse later", () => {
    for (const config of [
      { memory_limit: "80%" },
      { timeout_seconds: 0 },
      { catalog_options: { client_secret: "x" } },
      { attach: [{ path: "x", options: { "foo) --": 1 } }] },
      { resources: { small: { requests: amounts("2", "1Gi"), limits: amounts("1500m", "1Gi") } } },
      { resources: { small: { requests: amounts("1", "1Gi"), limits: amounts("1", "1G") } } },
    ]) {
      expect(configSchema.safeParse(config).success, JSON.stringify(config)).toBe(false);
    }
  });

  it("lets a preset be replaced", () => {
    const small = { requests: amounts("250m", "512Mi"), limits: amounts("1", "1Gi") };
    const { compute } = open({ resources: { small } });
    expect(compute.getResourceRequirements("small")).toEqual(small);
    expect(compute.getResourceRequirements("medium").requests.cpu).toBe("2");
  });
});

describe("values", () => {
  it("without end or number, and those in nested ones, follow the same rules", async () => {
    const { compute, product } = open({ path: ":memory:" });
    const connection = await compute.connect(product);
    const { rows } = await connection.query(
      `SELECT 'infinity'::DATE, '-infinity'::TIMESTAMP, 'nan'::DOUBLE, 170141183460469231731687303715884105727::HUGEINT,
              [{'n': 9007199254740993, 'd': 1.50, 't': TIMESTAMP '2020-01-02 03:04:05', 'b': 'ab'::BLOB, 'i': 7::BIGINT}]`,
    );
    expect(rows).toEqual([
      [
        "infinity",
        "-infinity",
        "NaN",
        "170141183460469231731687303715884105727",
        '[{"n":"9007199254740993","d":"1.50","t":"2020-01-02T03:04:05","b":"YWI=","i":7}]',
      ],
    ]);
    await connection.close();
  });

  it("are bound as what they are, whatever their size", async () => {
    const { compute, product } = open({ path: ":memory:" });
    const connection = await compute.connect(product);
    const types = async (value: SqlValue): Promise<unknown> =>
      (await connection.query("SELECT ?, typeof(?)", [value, value])).rows[0];
    expect(await types(7)).toEqual([7, "INTEGER"]);
    expect(await types(2 ** 40)).toEqual([2 ** 40, "BIGINT"]);
    expect(await types(1e300)).toEqual([1e300, "DOUBLE"]);
    expect(await types(2 ** 63)).toEqual([2 ** 63, "DOUBLE"]);
    expect(await types(7n)).toEqual([7, "BIGINT"]);
    expect(await types(2n ** 63n)).toEqual(["9223372036854775808", "HUGEINT"]);
    expect((await connection.query("SELECT ?", [null])).rows).toEqual([[null]]);
    await expect(connection.query("SELECT ?", [2n ** 200n])).rejects.toMatchObject({
      code: "COMPUTE.FAILED",
    });
    await connection.close();
  });

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
