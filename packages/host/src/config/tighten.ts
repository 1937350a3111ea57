import { isMapping, isWritten } from "./spelling.ts";
import { combine, loosening, type Tightening, type TighteningTable } from "./tightening.ts";

/** Told of a child's value, by its path in the manifest, what is wrong with it, and the parent's value. */
export type ReportLoosening = (path: readonly PropertyKey[], problem: string, inherited: unknown) => void;

export interface OverlayOptions {
  rules: TighteningTable;
  /** Where the values stand in the manifest. */
  path: readonly PropertyKey[];
  loosened: ReportLoosening;
}

/**
 * The parent's values with the child's over them, but for those that would loosen a rule.
 *
 * @param written What the child's file has there. Its parsed value also holds defaults, and a default is
 *   no wish to change what the parent set.
 */
export function overlay<T>(parent: T, child: T, written: unknown, options: OverlayOptions): T {
  if (child === undefined || !isWritten(written)) return parent ?? child;
  if (parent === undefined) return child;
  return overlayKeys(parent, child, written, options, { name: "", rule: undefined }) as T;
}

/** The mapping that is being laid over, as the table names it, and the rule that it hands down. */
interface Within {
  name: string;
  rule: Tightening | undefined;
}

function overlayKeys(
  parent: unknown,
  child: unknown,
  written: unknown,
  options: OverlayOptions,
  within: Within,
): unknown {
  if (!isMapping(child) || !isMapping(written)) return child;
  const base = isMapping(parent) ? parent : {};
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(child)) {
    if (value === undefined) continue;
    if (!isWritten(written[key])) {
      result[key] ??= value;
      continue;
    }
    const name = within.name === "" ? key : `${within.name}.${key}`;
    const path = [...options.path, key];
    const rule = options.rules[name] ?? within.rule;
    const inherited = base[key];
    if (isMapping(value) && rule?.rule !== "free" && rule?.rule !== "locked") {
      result[key] = overlayKeys(inherited, value, written[key], { ...options, path }, { name, rule });
      continue;
    }
    const unset = inherited === undefined;
    const asked = rule !== undefined && (!unset || (rule.rule === "locked" && isMapping(parent)));
    const problem = asked ? loosening(rule, inherited, value) : undefined;
    if (problem !== undefined) options.loosened(path, problem, inherited);
    else result[key] = unset ? value : combine(rule, inherited, value);
  }
  return result;
}
