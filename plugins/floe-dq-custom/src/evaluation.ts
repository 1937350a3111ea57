import type { SqlValue } from "@floe/core";
import { keyOf, list, type Sql, sql } from "./sql.ts";

/**
 * A value that an expectation's verdict takes: an aggregate of a table's rows, or a query of its own with one
 * row and one column. Those that share a batch share a statement.
 */
export interface Need {
  readonly batch: Batch;
  /** What an aggregate is of; undefined for a query. */
  readonly from?: Sql;
  readonly select: Sql;
}

/**
 * - `bounds`: aggregates that the engine can answer from its statistics, if it is asked for nothing else.
 * - `rows`: the scan of the table.
 * - `lists`: aggregates that look values up in a list.
 * - `quantiles`: queries that hold a column in memory, and end in one thread each.
 * - `keys`: queries that hold all keys of a table in memory.
 * - `joins`: queries on two tables.
 */
export type Batch = "bounds" | "rows" | "lists" | "quantiles" | "keys" | "joins";

/** How many needs a statement may hold: planning grows faster than their number, memory with it. */
const MOST: Readonly<Record<Batch, number>> = {
  bounds: 400,
  rows: 400,
  lists: 16,
  quantiles: 4,
  keys: 1,
  joins: 4,
};

/**
 * An expectation on its way to a verdict: it yields what must be known next and is given the values in that
 * order. An error of a value is thrown in.
 */
export type Evaluation = Generator<readonly Need[], Verdict, readonly SqlValue[]>;

export interface Verdict {
  passed: boolean;
  /** Null for what is about the table as a whole. */
  failingRows: number | null;
  rowsChecked: number | null;
  /** What was found, for what is about the table as a whole. */
  observed?: string;
}

/** The same for needs with the same answer. */
export function keyOfNeed({ from, select }: Need): string {
  return `${from?.text ?? ""}\n${keyOf(select)}`;
}

/** Needs by the statement that answers them, statements that are cheap first. */
export function inStatements(needs: readonly Need[]): Need[][] {
  const batches = Map.groupBy(needs, ({ batch, from }) => `${batch} ${from?.text ?? ""}`);
  return [...batches.values()].flatMap((batch) => {
    const most = MOST[batch[0]?.batch ?? "keys"];
    return Array.from({ length: Math.ceil(batch.length / most) }, (_, index) =>
      batch.slice(index * most, (index + 1) * most),
    );
  });
}

/** One row with the values of needs that share a statement. Columns have no names, which a fragment could meet. */
export function statementOf(needs: readonly Need[]): Sql {
  const [first] = needs;
  const columns = needs.map(({ from, select }) => (from === undefined ? sql`(${select})` : select));
  const selected = list(columns);
  return first?.from === undefined ? sql`SELECT ${selected}` : sql`SELECT ${selected} FROM ${first.from}`;
}
