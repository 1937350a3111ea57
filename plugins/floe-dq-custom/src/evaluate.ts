import { type DatabaseConnection, FloeError, isFloeError, type SqlValue } from "@floe/core";
import { type Answer, answerNeeds } from "./answer-needs.ts";
import { type Evaluation, keyOfNeed, type Need, type Verdict } from "./need.ts";

/**
 * Brings evaluations to their ends together: in each round what all of them need is asked at once.
 *
 * @returns Verdicts in the order of the evaluations, or why there is none.
 */
export async function evaluate(
  connection: DatabaseConnection,
  evaluations: readonly Evaluation[],
): Promise<(Verdict | FloeError)[]> {
  const outcomes: (Verdict | FloeError | undefined)[] = evaluations.map(() => undefined);
  const waiting = new Map<number, readonly Need[]>();
  const step = (index: number, advance: () => IteratorResult<readonly Need[], Verdict> | undefined): void => {
    waiting.delete(index);
    try {
      const next = advance();
      if (next?.done === true) outcomes[index] = next.value;
      else if (next !== undefined) waiting.set(index, next.value);
    } catch (error) {
      if (!isFloeError(error)) throw error;
      outcomes[index] = error;
    }
  };
  for (const [index, evaluation] of evaluations.entries()) step(index, () => evaluation.next([]));
  while (waiting.size > 0) {
    const answers = await answerNeeds(connection, [...waiting.values()].flat());
    for (const [index, needs] of [...waiting]) {
      const given = needs.map((need) => answers.get(keyOfNeed(need)));
      const failed = given.find((answer) => answer !== undefined && "error" in answer);
      step(index, () =>
        failed !== undefined && "error" in failed
          ? evaluations[index]?.throw(failed.error)
          : evaluations[index]?.next(given.map(valueIn)),
      );
    }
  }
  return outcomes.map((outcome) => outcome ?? neverEnded());
}

function valueIn(answer: Answer | undefined): SqlValue {
  return answer !== undefined && "value" in answer ? answer.value : null;
}

function neverEnded(): FloeError {
  return new FloeError("INTERNAL.BUG", "An expectation came to no verdict.");
}
