import type { Expectation } from "@floe/core";
import { danglingRows, repeatedRows } from "./key-checks.ts";
import { failingCondition } from "./row-checks.ts";
import { scopeOf, within } from "./scope.ts";
import { type Sql, sql } from "./sql.ts";
import type { Tables } from "./tables.ts";

/** The rows that break an expectation, as a query; undefined for one that is about the table as a whole. */
export function failingRowsOf(expectation: Expectation, tables: Tables): Sql | undefined {
  const scope = scopeOf(expectation, tables.get(expectation.table));
  switch (expectation.type) {
    case "unique":
      return repeatedRows(expectation, scope);
    case "relationships":
      return danglingRows(expectation, scope, tables.get(expectation.to));
    case "not_null":
    case "accepted_values":
    case "between":
    case "matches_regex":
    case "expression":
      // Not after the scope's own condition: an engine may evaluate both in any order.
      return sql`SELECT * FROM ${scope.table.sql} WHERE ${within(scope, failingCondition(expectation, scope))}`;
    default:
      return undefined;
  }
}
