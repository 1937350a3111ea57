import {
  type DatabaseConnection,
  type Expectation,
  type ExpectationResult,
  type FloeError,
  isFloeError,
  isSuccess,
  type QualityCheckResult,
} from "@floe/core";
import { evaluate } from "./evaluate.ts";
import type { Verdict } from "./evaluation.ts";
import { evaluationOf } from "./evaluation-of.ts";
import { failingRowsOf } from "./failing-rows.ts";
import { partsAsked } from "./key-checks.ts";
import { quantilesAsked } from "./quantiles.ts";
import { describeTables, type Tables } from "./tables.ts";

/**
 * The rule of `DataQualityPlugin.executeChecks`.
 *
 * @param now Milliseconds since 1970.
 */
export async function executeChecks(
  connection: DatabaseConnection,
  expectations: readonly Expectation[],
  sampleRows: number,
  now: () => number = Date.now,
): Promise<QualityCheckResult> {
  const started = performance.now();
  const tables = await describeTables(connection, expectations);
  const surroundings = {
    tables,
    now,
    quantiles: quantilesAsked(expectations),
    parts: partsAsked(expectations),
  };
  const outcomes = await evaluate(
    connection,
    expectations.map((expectation) => evaluationOf(expectation, surroundings)),
  );
  const results: ExpectationResult[] = [];
  for (const [index, expectation] of expectations.entries()) {
    const result = resultOf(expectation, outcomes[index]);
    const samples =
      sampleRows > 0 && (result.failingRows ?? 0) > 0
        ? await samplesOf(connection, expectation, tables, sampleRows)
        : undefined;
    results.push(samples === undefined ? result : { ...result, samples });
  }
  return {
    success: isSuccess(results),
    results,
    executionTimeSeconds: (performance.now() - started) / 1000,
  };
}

function resultOf(expectation: Expectation, outcome: Verdict | FloeError | undefined): ExpectationResult {
  if (outcome === undefined || isFloeError(outcome)) {
    return { expectation, status: "error", failingRows: null, rowsChecked: null, message: reasonOf(outcome) };
  }
  const { passed, ...found } = outcome;
  return { expectation, status: passed ? "passed" : "failed", ...found };
}

/** The engine's own words, without the statement that it quotes below them: that isn't the user's. */
function reasonOf(error: FloeError | undefined): string {
  const words = error?.code === "COMPUTE.FAILED" ? error.why : undefined;
  return (words ?? error?.summary ?? "").split(/\n\s*\n/, 1)[0] ?? "";
}

async function samplesOf(
  connection: DatabaseConnection,
  expectation: Expectation,
  tables: Tables,
  limit: number,
): Promise<NonNullable<ExpectationResult["samples"]> | undefined> {
  const query = failingRowsOf(expectation, tables);
  if (query === undefined) return undefined;
  try {
    const { columns, rows } = await connection.query(`${query.text} LIMIT ?`, [...query.parameters, limit]);
    return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])));
  } catch (error) {
    // The verdict stands, whatever the engine says to another statement about the same rows.
    if (isFloeError(error) && error.code === "COMPUTE.FAILED") return undefined;
    throw error;
  }
}
