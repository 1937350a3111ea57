import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CatalogAuthorization } from "@floe/core";
import { createPythonRuntime } from "@floe/host";
import { createTestContext, refusedPort } from "@floe/testkit/check";
import duckdb from "floe-compute-duckdb";
import { expect, it, onTestFinished } from "vitest";

const secret = (name: string) => ({ source: "env" as const, name });

/**
 * DuckDB's extensions come from its own server, which tests don't ask. A third party packages the same signed
 * binaries for PyPI.
 */
async function extensionFiles(): Promise<string[]> {
  const runtime = createPythonRuntime({ env: process.env, projectDir: tmpdir() });
  const { dir } = await runtime.environment({ requirements: join(import.meta.dirname, "requirements.txt") });
  return ["avro", "httpfs", "iceberg"].map((name) => {
    const [file] = globSync(join(dir, "**", `${name}.duckdb_extension`));
    if (file === undefined) throw new Error(`no extension ${name} in ${dir}`);
    return file;
  });
}

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
