import type { z } from "zod";

/**
 * A field that may be left out. `key:` with nothing behind it is null in YAML; it means the same as no key,
 * so that parsed configuration never holds null.
 */
export function optional<T extends z.ZodType>(schema: T) {
  return schema
    .nullable()
    .transform((value) => value ?? undefined)
    .optional();
}

/** A field with a default, for which null counts as left out. */
export function withDefault<T extends z.ZodType>(schema: T, value: z.output<T>) {
  return schema
    .nullish()
    .transform((given): z.output<T> => given ?? value)
    .meta({ default: value });
}
