import { z } from "zod";
import type { ErrorCode } from "../errors/codes.ts";

/** What a rule of ours adds to a zod issue, for the host to turn into a coded error with a place. */
export interface RuleParams {
  code: ErrorCode;
  why?: string;
  next?: readonly string[];
}

export type Report = (path: readonly PropertyKey[], message: string, params: RuleParams) => void;

/** What a rule across fields may rely on: nothing. Fields can be missing or of the wrong type. */
export type Unchecked = Readonly<Record<string, unknown>>;

/** Keys that the format doesn't have, with their places. Zod leaves them out of the value itself. */
export type UnknownKeys = readonly (readonly PropertyKey[])[];

/**
 * A rule across the fields of a mapping. It runs even where some field is wrong, so that all faults are
 * told at once, and is skipped only where there is no mapping.
 */
export function rule(
  check: (value: Unchecked, report: Report, unknownKeys: UnknownKeys) => void,
): z.core.$ZodCheck<unknown> {
  const made = z.check<unknown>((payload) => {
    const unknownKeys = payload.issues.flatMap((issue) =>
      issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...(issue.path ?? []), key]) : [],
    );
    check(payload.value as Unchecked, reportTo(payload), unknownKeys);
  });
  made._zod.def.when = ({ value }) => isMapping(value);
  return made;
}

/** A rule on one value, which runs only where the value is of its type. */
export function ruleOn<T>(check: (value: T, report: Report) => void): z.core.$ZodCheck<T> {
  return z.check<T>((payload) => check(payload.value, reportTo(payload)));
}

function reportTo(payload: z.core.ParsePayload): Report {
  return (path, message, params) => {
    payload.issues.push({
      code: "custom",
      path: [...path],
      message,
      params: { ...params },
      input: payload.value,
      continue: true,
    });
  };
}

/** Whether a key has a value: not left out, and not null, which means the same. */
export function has(value: Unchecked, key: string): boolean {
  return value[key] !== undefined && value[key] !== null;
}

export function isMapping(value: unknown): value is Unchecked {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The mappings of a list, with their places in it; nothing where there is no list. */
export function mappingsOf(value: unknown): { index: number; item: Unchecked }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown, index) => (isMapping(item) ? [{ index, item }] : []));
}

/** Reports the second and later mappings of a list that share a value of `key`. */
export function reportRepeated(
  list: unknown,
  path: readonly PropertyKey[],
  key: string,
  report: Report,
): void {
  const seen = new Map<unknown, number>();
  for (const { index, item } of mappingsOf(list)) {
    const value = item[key];
    if (typeof value !== "string") continue;
    const first = seen.get(value);
    if (first === undefined) seen.set(value, index);
    else {
      report([...path, index, key], `"${value}" stands twice`, {
        code: "CONFIG.INVALID_VALUE",
        why: `${path.join(".")}[${first}] has the same ${key}.`,
        next: [`Give each its own ${key}.`],
      });
    }
  }
}
