import type { DatabaseConnection } from "@floe/core";
import { createTestContext } from "@floe/testkit/check";
import duckdb from "floe-compute-duckdb";

/** A database in memory, through floe's own compute plugin. */
export function openDatabase(dir: string): Promise<DatabaseConnection> {
  const context = createTestContext({ kind: "compute", name: "duckdb", dir });
  const compute = duckdb.create(duckdb.configSchema.parse({ path: ":memory:" }), context);
  return compute.connect({ productName: "shop", target: "dev", projectDir: dir }, { readOnly: false });
}
