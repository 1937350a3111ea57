import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createPythonRuntime } from "@floe/host";
import { createTestContext } from "@floe/testkit";
import plugin from "floe-dbt-fusion";
import { onTestFinished } from "vitest";

export const packageDir = join(import.meta.dirname, "..");
export const python = createPythonRuntime({ env: process.env, projectDir: tmpdir() });

/** A folder of the test's own, with a space in its path. */
export function makeFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), "floe fusion-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** The plugin on a folder, as the host starts it. */
export function start(dir: string, config: Record<string, unknown> = {}) {
  const context = createTestContext({ kind: "dbt", name: "fusion", dir, packageDir, python });
  return { context, dbt: plugin.create(plugin.configSchema.parse(config), context) };
}

/** The rows of a query on the project's database, which must be free. */
export async function query(dir: string, sql: string): Promise<unknown[]> {
  const instance = await DuckDBInstance.create(join(dir, "shop.duckdb"), { access_mode: "READ_ONLY" });
  try {
    const connection = await instance.connect();
    const rows = (await connection.runAndReadAll(sql)).getRowObjects();
    connection.closeSync();
    return rows;
  } finally {
    instance.closeSync();
  }
}
