import { strict as assert } from "node:assert";
import { type ErrorCode, isFloeError } from "@floe/core";

/**
 * Makes a call that must fail with one of the given codes, whether it throws at once or rejects.
 *
 * @param what Words for the call: `reading a missing file`.
 */
export async function expectCode(
  codes: ErrorCode | readonly ErrorCode[],
  what: string,
  call: () => unknown,
): Promise<void> {
  const wanted = [codes].flat();
  const error = await failureOf(call);
  assert(error !== undefined, `${what} succeeded; it should be ${wanted.join(" or ")}.`);
  assert(isFloeError(error), `${what} threw something that isn't a FloeError: ${error}`);
  assert(
    wanted.includes(error.code),
    `${what} threw ${error.code}; it should be ${wanted.join(" or ")}. ${error.summary}`,
  );
}

/** What a call threw or rejected with; undefined if it succeeded. */
export async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error ?? new Error("undefined was thrown");
  }
}
