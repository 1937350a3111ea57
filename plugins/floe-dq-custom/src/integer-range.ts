import type { SqlValue } from "@floe/core";
import type { Need } from "./batch.ts";
import { isInteger } from "./literal.ts";
import { aggregate, rowCount, type Scope } from "./scope.ts";
import { bind, type Sql, sql, trusted } from "./sql.ts";
import type { Column } from "./table.ts";

/** Below it, a hash table of the values is as fast as a bit for each. */
const SMALLEST = 2n ** 18n;
/** 64 MB of bits in each thread. DuckDB's own limit is twice that. */
const LARGEST = 2n ** 29n;
/** A bit for each number of a wider range would take more memory than a hash table of the values. */
const BITS_PER_ROW = 32n;

export interface IntegerRange {
  min: bigint;
  max: bigint;
}

/**
 * The range of an integer column of the whole table, where a bit for each number of it is the cheapest way to
 * count the different ones; undefined elsewhere. The engine's statistics know it, so it takes no scan.
 */
export function* rangeOf(
  scope: Scope,
  { sql: column, type }: Column,
): Generator<readonly Need[], IntegerRange | undefined, readonly SqlValue[]> {
  if (!isInteger(type)) return undefined;
  const [least, most, rows] = yield [
    aggregate(scope, sql`min(${column})`, "bounds"),
    aggregate(scope, sql`max(${column})`, "bounds"),
    rowCount({ ...scope, where: undefined }),
  ];
  if (least == null || most == null || rows == null) return undefined;
  const [min, max] = [BigInt(least), BigInt(most)];
  const numbers = max - min + 1n;
  const worthIt = numbers >= SMALLEST && numbers <= LARGEST && numbers <= BigInt(rows) * BITS_PER_ROW;
  return worthIt ? { min, max } : undefined;
}

/** How many different numbers there are, as an aggregate; NULL for none. */
export function distinctInRange({ sql: column, type }: Column, { min, max }: IntegerRange): Sql {
  // DuckDB takes the bounds as bare constants of the column's type, hence one type for all columns.
  const fromZero = sql`CAST(${column} - CAST(${bind(String(min))} AS ${trusted(type)}) AS INTEGER)`;
  return sql`bit_count(bitstring_agg(${fromZero}, ${bind(0)}, ${bind(Number(max - min))}))`;
}
