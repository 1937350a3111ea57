import { type DatabaseConnection, FloeError, isFloeError, type SqlValue } from "@floe/core";
import { inStatements, keyOfNeed, type Need, statementOf } from "./batch.ts";

/** A value, or why there is none. */
export type Answer = { value: SqlValue } | { error: FloeError };

/**
 * Answers needs, each once, in as few statements as possible. A statement that fails is halved until those
 * that make it fail are alone with their error.
 *
 * @returns Answers by `keyOfNeed`.
 * @throws What isn't the engine's answer to a statement: an abort, a connection that is gone.
 */
export async function answerNeeds(
  connection: DatabaseConnection,
  needs: readonly Need[],
): Promise<Map<string, Answer>> {
  const distinct = new Map(needs.map((need) => [keyOfNeed(need), need]));
  const answers = new Map<string, Answer>();
  for (const statement of inStatements([...distinct.values()])) {
    for (const [need, answer] of await answerTogether(connection, statement)) {
      answers.set(keyOfNeed(need), answer);
    }
  }
  return answers;
}

async function answerTogether(
  connection: DatabaseConnection,
  needs: readonly Need[],
): Promise<(readonly [Need, Answer])[]> {
  try {
    const values = await oneRow(connection, needs);
    return needs.map((need, index) => [need, { value: values[index] ?? null }]);
  } catch (error) {
    if (!isFloeError(error) || !["COMPUTE.FAILED", "QUALITY.INVALID_EXPECTATION"].includes(error.code)) {
      throw error;
    }
    if (needs.length <= 1) return needs.map((need) => [need, { error }]);
    const half = Math.ceil(needs.length / 2);
    return [
      ...(await answerTogether(connection, needs.slice(0, half))),
      ...(await answerTogether(connection, needs.slice(half))),
    ];
  }
}

async function oneRow(connection: DatabaseConnection, needs: readonly Need[]): Promise<readonly SqlValue[]> {
  const { text, parameters } = statementOf(needs);
  const { rows, columns } = await connection.query(text, parameters);
  const [row] = rows;
  // `COLUMNS(*)` in a fragment is many columns, and would move all those behind it.
  if (row === undefined || rows.length !== 1 || columns.length !== needs.length) {
    throw new FloeError("QUALITY.INVALID_EXPECTATION", "The SQL gives more than one value for a row.", {
      next: ["Write one condition for one row."],
    });
  }
  return row;
}
