import { type Fault, type FloeError, isFloeError } from "@floe/core";
import type { Outcome } from "../command.ts";
import { renderFault } from "./fault.ts";

/** The answer of a command that can't go on because of what is wrong with the product: all of it at once. */
export function refusal(faults: readonly FloeError[]): Outcome {
  const told = faults.map((fault) => fault.toJSON());
  return {
    ok: false,
    result: { faults: told },
    text: (style) =>
      [...told.map((fault) => renderFault(fault, style)), style.red(countErrors(told))].join("\n\n"),
  };
}

/** `2 errors, 1 warning.` */
export function countErrors(faults: readonly Fault[]): string {
  const errors = faults.filter(({ severity }) => severity === "error").length;
  const warnings = faults.length - errors;
  const words = (count: number, what: string): string => `${count} ${count === 1 ? what : `${what}s`}`;
  return `${[errors > 0 ? words(errors, "error") : "", warnings > 0 ? words(warnings, "warning") : ""].filter(Boolean).join(", ")}.`;
}

/** Runs a command, and answers with the product's faults where it isn't valid. */
export async function unlessInvalid(task: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await task();
  } catch (error) {
    const { faults } = error as { faults?: unknown };
    if (error instanceof Error && Array.isArray(faults) && faults.every(isFloeError)) return refusal(faults);
    throw error;
  }
}
