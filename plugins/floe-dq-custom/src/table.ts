import { type DatabaseConnection, FloeError } from "@floe/core";
import { type Sql, trusted } from "./sql.ts";

/** A column as the engine has it. */
export interface Column {
  /** Quoted. */
  sql: Sql;
  /** The engine's name of the type: `DECIMAL(10,2)`. */
  type: string;
}

/** A table that is there. */
export interface Table {
  /** Quoted. */
  sql: Sql;
  /** @throws FloeError `QUALITY.INVALID_EXPECTATION` for one that isn't there. */
  column(name: string): Column;
}

/**
 * Looks a table's columns up, so that a missing one is told without a scan that fails.
 *
 * @throws FloeError with the engine's reason.
 */
export async function describeTable(connection: DatabaseConnection, name: readonly string[]): Promise<Table> {
  const quoted = connection.quoteIdentifier(name);
  const { columns } = await connection.query(`SELECT * FROM ${quoted} LIMIT 0`);
  // As in DuckDB, where names differ in more than case.
  const byName = new Map(columns.map((column) => [column.name.toLowerCase(), column]));
  return {
    sql: trusted(quoted),
    column(wanted) {
      const found = byName.get(wanted.toLowerCase());
      if (found === undefined) {
        throw new FloeError(
          "QUALITY.INVALID_EXPECTATION",
          `The table ${name.join(".")} has no column "${wanted}".`,
          { next: [`Its columns are ${columns.map(({ name: one }) => one).join(", ")}.`] },
        );
      }
      return { sql: trusted(connection.quoteIdentifier([found.name])), type: found.type };
    },
  };
}
