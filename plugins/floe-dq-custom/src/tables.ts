import { type DatabaseConnection, type Expectation, FloeError, isFloeError } from "@floe/core";
import { describeTable, type Table } from "./table.ts";

/** The tables that expectations name. */
export interface Tables {
  /** @throws FloeError with the reason why it can't be read. */
  get(name: readonly string[]): Table;
}

/**
 * Looks up all tables that expectations are about or refer to.
 *
 * @throws FloeError `QUALITY.FAILED` if the connection answers nothing at all.
 */
export async function describeTables(
  connection: DatabaseConnection,
  expectations: readonly Expectation[],
): Promise<Tables> {
  const names = expectations.flatMap((expectation) =>
    expectation.type === "relationships" ? [expectation.table, expectation.to] : [expectation.table],
  );
  const found = new Map<string, Table | FloeError>();
  for (const name of names) {
    const key = JSON.stringify(name);
    if (!found.has(key)) found.set(key, await describeTable(connection, name).catch(asAnswer));
  }
  const tables = [...found.values()];
  if (tables.length > 0 && tables.every(isFloeError)) await assertAlive(connection);
  return {
    get(name) {
      const table = found.get(JSON.stringify(name));
      if (table === undefined || isFloeError(table))
        throw table ?? new FloeError("INTERNAL.BUG", "Unknown table.");
      return table;
    },
  };
}

function asAnswer(error: unknown): FloeError {
  if (isFloeError(error) && error.code === "COMPUTE.FAILED") return error;
  throw error;
}

async function assertAlive(connection: DatabaseConnection): Promise<void> {
  try {
    await connection.query("SELECT 1");
  } catch (error) {
    throw new FloeError("QUALITY.FAILED", "The database answers nothing, so nothing could be checked.", {
      why: isFloeError(error) ? (error.why ?? error.summary) : String(error),
      next: ["Check the connection: floe doctor"],
      cause: error,
    });
  }
}
