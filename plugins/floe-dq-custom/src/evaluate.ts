import { type DatabaseConnection, FloeError, isFloeError, type SqlValue } from "@floe/core";
import { type Answer, answerNeeds } from "./answer-needs.ts";
import { firstBatch, keyOfNeed, type Need } from "./batch.ts";
import type { Evaluation, Verdict } from "./evaluation.ts";

/**
 * Brings evaluations to their ends together. The cheapest batch that any of them waits for goes first: what
 * it settles needs no scan, and what it leads to joins the scan of the others. Nothing is asked twice.
 *
 * @returns Verdicts in the order of the evaluations, or why there is none.
 */
export async function evaluate(
  connection: DatabaseConnection,
  evaluations: readonly Evaluation[],
): Promise<(Verdict | FloeError)[]> {
  const answers = new Map<string, Answer>();
  const outcomes = evaluations.map(begin);
  for (;;) {
    const unanswered = outcomes.flatMap((outcome) =>
      "needs" in outcome ? outcome.needs.filter((need) => !answers.has(keyOfNeed(need))) : [],
    );
    if (unanswered.length === 0) break;
    for (const [key, answer] of await answerNeeds(connection, firstBatch(unanswered)))
      answers.set(key, answer);
    for (const [index, outcome] of outcomes.entries()) outcomes[index] = proceed(outcome, answers);
  }
  return outcomes.map((outcome) => ("needs" in outcome ? neverEnded() : outcome.ended));
}

type Progress = { evaluation: Evaluation; needs: readonly Need[] } | { ended: Verdict | FloeError };

function begin(evaluation: Evaluation): Progress {
  return step(evaluation, () => evaluation.next([]));
}

/** As far as the answers reach. */
function proceed(progress: Progress, answers: ReadonlyMap<string, Answer>): Progress {
  if (!("needs" in progress)) return progress;
  const values: SqlValue[] = [];
  for (const need of progress.needs) {
    const answer = answers.get(keyOfNeed(need));
    if (answer === undefined) return progress;
    if ("error" in answer) return { ended: answer.error };
    values.push(answer.value);
  }
  const { evaluation } = progress;
  return proceed(
    step(evaluation, () => evaluation.next(values)),
    answers,
  );
}

function step(evaluation: Evaluation, advance: () => IteratorResult<readonly Need[], Verdict>): Progress {
  try {
    const { done, value } = advance();
    return done === true ? { ended: value } : { evaluation, needs: value };
  } catch (error) {
    if (isFloeError(error)) return { ended: error };
    throw error;
  }
}

function neverEnded(): FloeError {
  return new FloeError("INTERNAL.BUG", "An expectation came to no verdict.");
}
