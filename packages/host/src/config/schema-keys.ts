import type { z } from "zod";

type Schema = z.core.$ZodType;
/** The parts of zod's definitions that lead from a schema to those within it. */
interface Definition {
  type: string;
  innerType?: Schema;
  in?: Schema;
  options?: readonly Schema[];
  element?: Schema;
  valueType?: Schema;
  shape?: Readonly<Record<string, Schema>>;
}

/**
 * The keys that may stand at a path: what "did you mean" chooses from. Empty where any key may.
 */
export function keysAt(schema: Schema, path: readonly PropertyKey[]): string[] {
  let current = branches(schema);
  for (const key of path) current = current.flatMap((one) => step(one, key)).flatMap(branches);
  return [...new Set(current.flatMap((one) => Object.keys(definition(one).shape ?? {})))];
}

function definition(schema: Schema): Definition {
  return schema._zod.def as unknown as Definition;
}

/** The schemas behind wrappers and unions. */
function branches(schema: Schema): Schema[] {
  const { options, innerType, in: input } = definition(schema);
  if (options !== undefined) return options.flatMap(branches);
  const inner = innerType ?? input;
  return inner === undefined ? [schema] : branches(inner);
}

function step(schema: Schema, key: PropertyKey): Schema[] {
  const { shape, element, valueType } = definition(schema);
  const next = shape?.[String(key)] ?? element ?? valueType;
  return next === undefined ? [] : [next];
}
