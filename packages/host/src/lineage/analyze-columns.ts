import type { RunState } from "../run/state.ts";
import type { ColumnOrigins } from "./run-lineage.ts";
import type { LineageFacts } from "./tell.ts";

/** What the columns of the models that were built come from, by model. Where it isn't known, why. */
export async function analyzeColumns(
  _state: RunState,
  _facts: LineageFacts,
): Promise<ReadonlyMap<string, ColumnOrigins>> {
  return new Map();
}
