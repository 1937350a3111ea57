import { keyOf, list, type Sql, sql } from "./sql.ts";

/**
 * What shares a statement, the cheapest first:
 * - `bounds`: aggregates that the engine answers from its statistics, if it is asked for nothing else.
 * - `rows`: the scan of the table.
 * - `lists`: aggregates that look values up in a list, each a join.
 * - `joins`: queries on two tables.
 * - `quantiles`: queries that hold a column in memory and end in one thread: two at once.
 * - `keys`: queries that hold all keys of a table in memory.
 */
const BATCHES = ["bounds", "rows", "lists", "joins", "quantiles", "keys"] as const;

export type Batch = (typeof BATCHES)[number];

/** How many a statement may hold: planning grows faster than their number, and memory with it. */
const MOST: Readonly<Record<Batch, number>> = {
  bounds: 400,
  rows: 400,
  lists: 16,
  joins: 4,
  quantiles: 2,
  keys: 1,
};

/**
 * A value that an expectation's verdict takes: an aggregate of a table's rows, or a query of its own with one
 * row and one column.
 */
export interface Need {
  readonly batch: Batch;
  /** What an aggregate is of; undefined for a query. */
  readonly from?: Sql;
  readonly select: Sql;
}

/** The same for needs with the same answer. */
export function keyOfNeed({ from, select }: Need): string {
  return `${from?.text ?? ""}\n${keyOf(select)}`;
}

/** Those of the cheapest batch. */
export function firstBatch(needs: readonly Need[]): readonly Need[] {
  const first = BATCHES.find((batch) => needs.some((need) => need.batch === batch));
  return needs.filter(({ batch }) => batch === first);
}

/** Needs by the statement that answers them. */
export function inStatements(needs: readonly Need[]): Need[][] {
  const together = Map.groupBy(needs, ({ batch, from }) => `${batch} ${from?.text ?? ""}`);
  return [...together.values()].flatMap((batch) => {
    const most = MOST[batch[0]?.batch ?? "keys"];
    return Array.from({ length: Math.ceil(batch.length / most) }, (_, index) =>
      batch.slice(index * most, (index + 1) * most),
    );
  });
}

/** One row with the values of needs that share a statement. Columns have no names, which a fragment could meet. */
export function statementOf(needs: readonly Need[]): Sql {
  const from = needs[0]?.from;
  if (from === undefined) return sql`SELECT ${list(needs.map(({ select }) => sql`(${select})`))}`;
  return sql`SELECT ${list(needs.map(({ select }) => select))} FROM ${from}`;
}
