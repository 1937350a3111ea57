import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type DatabaseConnection,
  type ExecuteChecksOptions,
  type ExpectationResult,
  expectationSchema,
} from "@floe/core";
import { createTestContext } from "@floe/testkit/check";
import duckdb from "floe-compute-duckdb";
import plugin from "floe-dq-custom";
import { onTestFinished } from "vitest";

/** A database in memory, through floe's own compute plugin. */
export function openDatabase(dir: string): Promise<DatabaseConnection> {
  const context = createTestContext({ kind: "compute", name: "duckdb", dir });
  const compute = duckdb.create(duckdb.configSchema.parse({ path: ":memory:" }), context);
  return compute.connect({ productName: "shop", target: "dev", projectDir: dir }, { readOnly: false });
}

/** A database that is gone with the test, after some SQL. */
export async function database(...statements: readonly string[]): Promise<DatabaseConnection> {
  const dir = mkdtempSync(join(tmpdir(), "floe-dq-"));
  const connection = await openDatabase(dir);
  onTestFinished(async () => {
    await connection.close();
    rmSync(dir, { recursive: true, force: true });
  });
  for (const statement of statements) await connection.query(statement);
  return connection;
}

export type Asked = Record<string, unknown>;

/** Results of expectations on the table `t`, where they don't name another. */
export async function check(
  connection: DatabaseConnection,
  asked: readonly Asked[],
  options: ExecuteChecksOptions = {},
): Promise<readonly ExpectationResult[]> {
  const context = createTestContext({ kind: "data_quality", name: "custom", dir: "/nowhere" });
  const quality = plugin.create(plugin.configSchema.parse({}), context);
  const expectations = asked.map((given, index) =>
    expectationSchema.parse({ name: `${given.type}_${index}`, table: ["main", "t"], ...given }),
  );
  return (await quality.executeChecks(connection, expectations, options)).results;
}

/** The number of failing rows, or what else the result is. */
export async function failing(
  connection: DatabaseConnection,
  asked: readonly Asked[],
): Promise<(number | string)[]> {
  const results = await check(connection, asked);
  return results.map(({ status, failingRows, message }) =>
    status === "error" ? `error: ${message}` : (failingRows ?? status),
  );
}

/** A connection that keeps what it is asked. */
export function recorded(connection: DatabaseConnection): {
  connection: DatabaseConnection;
  asked: string[];
} {
  const asked: string[] = [];
  return {
    asked,
    connection: {
      dialect: connection.dialect,
      profile: connection.profile,
      quoteIdentifier: (parts) => connection.quoteIdentifier(parts),
      close: () => connection.close(),
      query(sql, parameters) {
        asked.push(sql);
        return connection.query(sql, parameters);
      },
    },
  };
}
