import type { Expectation } from "@floe/core";
import type { Evaluation } from "./evaluation.ts";
import { evaluateRelationship, evaluateUnique, type PartsAsked } from "./key-checks.ts";
import type { QuantilesAsked } from "./quantiles.ts";
import { evaluateRows } from "./row-checks.ts";
import { scopeOf } from "./scope.ts";
import { evaluateTable } from "./table-checks.ts";
import type { Tables } from "./tables.ts";

/** What an expectation is evaluated among. */
export interface Surroundings {
  tables: Tables;
  /** Milliseconds since 1970. */
  now: () => number;
  quantiles: QuantilesAsked;
  parts: PartsAsked;
}

/** How an expectation comes to its verdict. What makes that impossible is thrown when it is begun. */
export function* evaluationOf(
  expectation: Expectation,
  { tables, now, quantiles, parts }: Surroundings,
): Evaluation {
  const scope = scopeOf(expectation, tables.get(expectation.table));
  switch (expectation.type) {
    case "unique":
      return yield* evaluateUnique(expectation, scope, parts);
    case "relationships":
      return yield* evaluateRelationship(expectation, scope, tables.get(expectation.to));
    case "not_null":
    case "accepted_values":
    case "between":
    case "matches_regex":
    case "expression":
      return yield* evaluateRows(expectation, scope);
    default:
      return yield* evaluateTable(expectation, scope, now, quantiles);
  }
}
