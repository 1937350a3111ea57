import { z } from "zod";
import { ruleOn } from "./rule.ts";

/**
 * A regular expression (JavaScript's) of bounded length that can't take forever: what may repeat without
 * limit holds neither a repetition nor alternatives of its own.
 */
export function regularExpression(longest: number) {
  return z
    .string()
    .min(1)
    .max(longest)
    .check(
      ruleOn<string>((text, report) => {
        const fault = syntaxFault(text);
        if (fault !== undefined) {
          report([], `it isn't a regular expression: ${fault}`, {
            code: "CONFIG.INVALID_VALUE",
            why: "Patterns are JavaScript's regular expressions, which differ from Python's in details.",
          });
        } else if (isExplosive(text)) {
          report([], "a repeated group that itself repeats or branches can take forever to match", {
            code: "CONFIG.INVALID_VALUE",
            next: ["Write it without the group: ^stg_[a-z_]+$ instead of ^stg(_[a-z]+)*$."],
          });
        }
      }),
    );
}

function syntaxFault(text: string): string | undefined {
  try {
    new RegExp(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const ESCAPES_AND_CLASSES = /\\.|\[(?:\\.|[^\]\\])*\]/gs;
/** `*`, `+`, `{2,}`, and ranges to ten or more, which are as bad. */
const OPEN_ENDED = /^(?:[*+]|\{\d*,(?:\d{2,})?\})/;

/**
 * Whether a group that may repeat without limit holds, at any depth, another such repetition or
 * alternatives. Stricter than need be: some of these are harmless, but telling which takes an automaton.
 */
function isExplosive(text: string): boolean {
  const shape = text.replace(ESCAPES_AND_CLASSES, "x");
  const groups: { branches: boolean }[] = [];
  for (let at = 0; at < shape.length; at += 1) {
    const outer = groups.at(-1);
    if (shape[at] === "(") groups.push({ branches: false });
    else if (shape[at] === "|" && outer !== undefined) outer.branches = true;
    else if (shape[at] === ")") {
      const repeats = OPEN_ENDED.test(shape.slice(at + 1));
      const closed = groups.pop();
      if (repeats && closed?.branches) return true;
      const enclosing = groups.at(-1);
      if (enclosing !== undefined && (repeats || closed?.branches)) enclosing.branches = true;
    } else if (outer !== undefined && OPEN_ENDED.test(shape.slice(at))) outer.branches = true;
  }
  return false;
}
