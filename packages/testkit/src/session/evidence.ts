import { ERROR_CODES, isFloeError } from "@floe/core";
import type { Canaries } from "../context/canaries.ts";

/** An error that the kit itself caused, in a stream that it gave or through a signal: it may come back as it is. */
export class Provoked extends Error {
  override readonly name = "Provoked";
}

/** What was seen of a plugin over all its rules, for those rules that hold everywhere. */
export class Evidence {
  /** Where a secret was seen. */
  readonly leaks = new Set<string>();
  /** Errors that aren't what an error must be. */
  readonly poorErrors = new Set<string>();
  /** What was written past the logger. */
  readonly output = new Set<string>();
  /** Calls that haven't ended. */
  readonly pending = new Set<string>();
  readonly #canaries: Canaries;

  constructor(canaries: Canaries) {
    this.#canaries = canaries;
  }

  /** A value that the plugin gave out. `where` is words for it: `what getHelmValues() returned`. */
  sawValue(where: string, value: unknown): void {
    const path = this.#canaries.findIn(value);
    if (path !== undefined) this.leaks.add(path === "" ? where : `${where}, at ${path}`);
  }

  /** Something that a call threw. */
  sawError(call: string, error: unknown): void {
    this.sawValue(`the error of ${call}`, error);
    if (isProvoked(error)) return;
    const fault = errorFault(error);
    if (fault !== undefined) this.poorErrors.add(`${call} threw ${fault}`);
  }

  sawOutput(channel: string, text: string): void {
    this.sawValue(`the output on ${channel}`, text);
    this.output.add(`${channel}: ${text.trimEnd().slice(0, 200)}`);
  }
}

function isProvoked(error: unknown): boolean {
  if (error instanceof Provoked) return true;
  const { name, cause } = error as { name?: unknown; cause?: unknown };
  // Node's own way of saying that a signal aborted.
  return name === "AbortError" || (cause instanceof Provoked && !isFloeError(error));
}

/** What an error lacks; undefined if it is as it should be. */
export function errorFault(error: unknown): string | undefined {
  if (!isFloeError(error)) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return `something that isn't a FloeError: ${text}`;
  }
  const shown = `${error.code} "${error.summary}"`;
  if (!Object.hasOwn(ERROR_CODES, error.code)) return `${shown}, whose code isn't in ERROR_CODES`;
  if (error.code === "INTERNAL.BUG") return `${shown}: that code is floe's own`;
  if (error.summary.trim() === "") return `${error.code} without a summary`;
  if (error.next.length === 0) return `${shown}, which says nothing of what to do (\`next\`)`;
  if (error.next.some((step) => step.trim() === "")) return `${shown}, with an empty step in \`next\``;
  return undefined;
}
