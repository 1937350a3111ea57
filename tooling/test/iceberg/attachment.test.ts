import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CatalogAuthorization } from "@floe/core";
import { createTestContext, refusedPort } from "@floe/testkit/check";
import duckdb from "floe-compute-duckdb";
import { expect, it, onTestFinished } from "vitest";
import { extensionFiles } from "./extensions.ts";

const secret = (name: string) => ({ source: "env" as const, name });

it.each<[CatalogAuthorization, RegExp]>([
  [{ type: "none" }, /could not connect.*\/v1\/config\?warehouse=o%27brien/i],
  [{ type: "bearer", token: secret("TOKEN") }, /could not connect.*\/v1\/config\?warehouse=o%27brien/i],
  [
    { type: "oauth2", clientId: secret("ID"), clientSecret: secret("PASS"), scope: "ALL" },
    /could not get token from .*\/v1\/oauth\/tokens/i,
  ],
])(
  "DuckDB's iceberg extension takes the statements for %j, up to the network",
  async (authorization, reason) => {
    const dir = mkdtempSync(join(tmpdir(), "floe-iceberg-"));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const context = createTestContext({ kind: "compute", name: "duckdb", dir });
    const compute = duckdb.create(duckdb.configSchema.parse({ path: ":memory:" }), context);
    const connection = await compute.connect({ productName: "shop", target: "dev", projectDir: dir });
    onTestFinished(() => connection.close());
    for (const file of await extensionFiles()) await connection.query(`LOAD '${file}'`);

    const { url } = await refusedPort();
    const catalog = { name: "lake", uri: `${url}/iceberg`, warehouse: "o'brien", authorization };
    const failures: string[] = [];
    for (const statement of compute.getCatalogAttachmentSql?.(catalog) ?? []) {
      if (/^(INSTALL|LOAD) /.test(statement)) continue;
      // As dbt fills them in.
      const filled = statement.replace(/\{\{ env_var\('(\w+)'\) \}\}/g, "value-of-$1");
      await connection.query(filled).catch((error: { why?: string }) => failures.push(error.why ?? ""));
    }
    // The first statement that needs the server fails at it; a wrong option would have failed before.
    expect(failures[0]).toMatch(reason);
  },
);

it("a connection attaches a REST catalog with the secret's value, and only to read it", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    const answer = request.url?.includes("/namespaces")
      ? { namespaces: [["sales"]] }
      : { defaults: {}, overrides: {} };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const dir = mkdtempSync(join(tmpdir(), "floe-iceberg-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));

  const token = "it's a token";
  const context = createTestContext({ kind: "compute", name: "duckdb", dir, secrets: { TOKEN: token } });
  const settings = { extension_directory: join(dir, "extensions") };
  const compute = duckdb.create(duckdb.configSchema.parse({ settings }), context);
  const product = { productName: "shop", target: "dev", projectDir: dir };
  const installer = await compute.connect(product, { readOnly: false });
  for (const file of await extensionFiles()) await installer.query(`INSTALL '${file}'`);
  await installer.close();

  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const authorization = { type: "bearer" as const, token: secret("TOKEN") };
  const catalog = { name: "lake", uri, warehouse: "o'brien", authorization };
  const connection = await compute.connect({ ...product, catalog });
  onTestFinished(() => connection.close());
  const { rows } = await connection.query(
    "SELECT schema_name FROM duckdb_schemas() WHERE database_name = 'lake'",
  );
  expect(rows).toEqual([["sales"]]);
  expect(asked[0]).toBe(`GET /v1/config?warehouse=o%27brien Bearer ${token}`);
  await expect(connection.query("CREATE SCHEMA lake.more")).rejects.toMatchObject({
    code: "COMPUTE.FAILED",
    why: expect.stringContaining("read-only"),
  });

  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const gone = { ...catalog, name: "gone" };
  await expect(compute.connect({ ...product, catalog: gone })).rejects.toMatchObject({
    code: "CONNECTION.REFUSED",
    summary: `DuckDB can't attach the catalog gone at ${uri}.`,
  });
});
