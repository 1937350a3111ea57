import { isFloeError } from "@floe/core";

/** How a synchronous call ended, in a form that can be compared. */
export type Outcome = { value: unknown } | { threw: string };

export function outcomeOf(call: () => unknown): Outcome {
  try {
    return { value: call() };
  } catch (error) {
    return { threw: isFloeError(error) ? `${error.code} ${error.summary}` : String(error) };
  }
}

/**
 * Where a value isn't JSON and what is there: `ports[0] is undefined`; undefined if all of it is. What
 * JSON.stringify would drop or rewrite isn't JSON.
 */
export function jsonFault(value: unknown, path = "it"): string | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `${path} is ${value}`;
  if (typeof value !== "object")
    return `${path} is ${value === undefined ? "undefined" : `a ${typeof value}`}`;
  if (Array.isArray(value)) {
    return value
      .map((item, index) => jsonFault(item, `${path}[${index}]`))
      .find((fault) => fault !== undefined);
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    return `${path} is a ${prototype.constructor?.name}`;
  return Object.entries(value)
    .map(([key, inner]) => jsonFault(inner, path === "it" ? key : `${path}.${key}`))
    .find((fault) => fault !== undefined);
}
