import type { Expectation, SqlValue } from "@floe/core";
import type { Need } from "./batch.ts";
import { closedFragment } from "./closed-fragment.ts";
import type { Evaluation, Verdict } from "./evaluation.ts";
import { boundOf, scaleOf, valuesOf } from "./literal.ts";
import { aggregate, countOf, rowCount, type Scope } from "./scope.ts";
import { bind, list, type Sql, sql } from "./sql.ts";

type Of<T extends Expectation["type"]> = Extract<Expectation, { type: T }>;
export type RowExpectation = Of<"not_null" | "accepted_values" | "between" | "matches_regex" | "expression">;

/**
 * The condition of a row that breaks the expectation. NULL, as of a column that is NULL, breaks nothing.
 *
 * @throws FloeError `QUALITY.INVALID_EXPECTATION` for a column that isn't there.
 */
export function failingCondition(expectation: RowExpectation, { table }: Scope): Sql {
  switch (expectation.type) {
    case "not_null":
      return sql`${table.column(expectation.column).sql} IS NULL`;
    case "accepted_values": {
      const { sql: column, type } = table.column(expectation.column);
      const values = valuesOf(expectation.values, type);
      return values === undefined ? sql`${column} IS NOT NULL` : sql`${column} NOT IN (${values})`;
    }
    case "between":
      return outside(expectation, table.column(expectation.column));
    case "matches_regex":
      return sql`NOT regexp_matches(${table.column(expectation.column).sql}, ${bind(expectation.regex)})`;
    case "expression":
      return sql`NOT ${closedFragment(expectation.expression, "expression")}`;
  }
}

/** An expectation about each row by itself. */
export function* evaluateRows(expectation: RowExpectation, scope: Scope): Evaluation {
  const condition = failingCondition(expectation, scope);
  const rows = rowCount(scope);
  if (expectation.type === "not_null" && scope.where === undefined) {
    // Free where the engine knows that there are none.
    const present = aggregate(scope, sql`count(${scope.table.column(expectation.column).sql})`);
    const [all, some] = yield [rows, present];
    return verdict(Number(all) - Number(some), all);
  }
  if (expectation.type === "between" && (yield* isWithinBounds(expectation, scope))) {
    const [all] = yield [rows];
    return verdict(0, all);
  }
  const [all, failing] = yield [
    rows,
    countOf(scope, condition, expectation.type === "accepted_values" ? "lists" : "rows"),
  ];
  return verdict(Number(failing), all);
}

/** What the engine's statistics can prove takes no scan. They hold numbers and times, not all of a text. */
function* isWithinBounds(
  expectation: Of<"between">,
  scope: Scope,
): Generator<readonly Need[], boolean, readonly SqlValue[]> {
  const { sql: column, type } = scope.table.column(expectation.column);
  const kept = scaleOf(type) !== undefined || /^(FLOAT|DOUBLE|DATE|TIMESTAMP)/.test(type);
  if (scope.where !== undefined || !kept) return false;
  const { min, max } = expectation;
  const conditions = [
    ...(min === undefined ? [] : [sql`min(${column}) >= ${boundOf(min, type, "min")}`]),
    ...(max === undefined ? [] : [sql`max(${column}) <= ${boundOf(max, type, "max")}`]),
  ];
  const [holds] = yield [aggregate(scope, list(conditions, " AND "), "bounds")];
  return holds === true;
}

function outside({ min, max }: Of<"between">, { sql: column, type }: { sql: Sql; type: string }): Sql {
  const conditions = [
    ...(min === undefined ? [] : [sql`${column} < ${boundOf(min, type, "min")}`]),
    ...(max === undefined ? [] : [sql`${column} > ${boundOf(max, type, "max")}`]),
  ];
  return sql`(${list(conditions, " OR ")})`;
}

function verdict(failing: number, rows: SqlValue | undefined): Verdict {
  return { passed: failing === 0, failingRows: failing, rowsChecked: Number(rows) };
}
