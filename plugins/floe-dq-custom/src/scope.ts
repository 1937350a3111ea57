import type { Expectation } from "@floe/core";
import type { Need } from "./batch.ts";
import { closedFragment } from "./closed-fragment.ts";
import { type Sql, sql } from "./sql.ts";
import type { Column, Table } from "./table.ts";

/** The rows that an expectation is about: those of a table that meet its `where`. */
export interface Scope {
  readonly table: Table;
  /** In parentheses. */
  readonly where: Sql | undefined;
}

/** @throws FloeError `QUALITY.INVALID_EXPECTATION`. */
export function scopeOf({ where }: Expectation, table: Table): Scope {
  return { table, where: where === undefined ? undefined : closedFragment(where, "where") };
}

/** An aggregate of the table. */
export function aggregate({ table }: Scope, select: Sql, batch: Need["batch"] = "rows"): Need {
  return { batch, from: table.sql, select };
}

/** How many rows are in scope. */
export function rowCount(scope: Scope): Need {
  const { where } = scope;
  return aggregate(scope, where === undefined ? sql`count(*)` : sql`count_if(${where})`);
}

/** How many rows in scope meet a condition. NULL isn't met. */
export function countOf(scope: Scope, condition: Sql, batch?: Need["batch"]): Need {
  return aggregate(scope, sql`count_if(${within(scope, condition)})`, batch);
}

/** An expression of rows in scope, NULL for others. CASE, for it isn't evaluated on rows that are out of scope. */
export function within({ where }: Scope, expression: Sql): Sql {
  return where === undefined ? expression : sql`CASE WHEN ${where} THEN ${expression} END`;
}

/** `FROM` and `WHERE` of rows in scope that meet conditions too. */
export function rowsOf({ table, where }: Scope, conditions: readonly Sql[]): Sql {
  const all = where === undefined ? conditions : [where, ...conditions];
  return all.reduce(
    (text, condition, index) => sql`${text} ${index === 0 ? WHERE : AND} ${condition}`,
    sql`FROM ${table.sql}`,
  );
}

const WHERE = sql`WHERE`;
const AND = sql`AND`;

export function notNull({ sql: column }: Column): Sql {
  return sql`${column} IS NOT NULL`;
}
