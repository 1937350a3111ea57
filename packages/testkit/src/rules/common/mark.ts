/** What stands where something was changed. */
export const MARK = "floe_testkit_mark";

/**
 * Changes a value everywhere, runs a call, and undoes the change: a plugin that hands out its own state
 * would otherwise fail every rule that comes after. What is frozen stays as it is.
 */
export function marked<T>(value: unknown, call: () => T): T {
  const changed: unknown[] = [];
  mark(value, changed);
  try {
    return call();
  } finally {
    for (const one of changed) {
      if (Array.isArray(one)) one.pop();
      else delete (one as Record<string, unknown>)[MARK];
    }
  }
}

function mark(value: unknown, changed: unknown[]): void {
  if (typeof value !== "object" || value === null || changed.includes(value)) return;
  const inner = Object.values(value);
  if (Object.isExtensible(value)) {
    if (Array.isArray(value)) value.push(MARK);
    else (value as Record<string, unknown>)[MARK] = MARK;
    changed.push(value);
  }
  for (const one of inner) mark(one, changed);
}
