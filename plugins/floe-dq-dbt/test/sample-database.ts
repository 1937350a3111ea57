import type { DatabaseConnection } from "@floe/core";
import { createTestContext } from "@floe/testkit/check";
import duckdb from "floe-compute-duckdb";

/** A DuckDB in memory, filled by the given statements. */
export async function sampleDatabase(
  dir: string,
  fill: (connection: DatabaseConnection) => Promise<unknown>,
): Promise<DatabaseConnection> {
  const context = createTestContext({ kind: "compute", name: "duckdb", dir });
  const compute = duckdb.create(duckdb.configSchema.parse({ path: ":memory:" }), context);
  const connection = await compute.connect(
    { productName: "shop", target: "dev", projectDir: dir },
    { readOnly: false },
  );
  await fill(connection);
  return connection;
}
