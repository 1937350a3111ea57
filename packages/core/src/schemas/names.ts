import { z } from "zod";

/** Lower-case words joined by dashes, as Kubernetes names things. */
export const kebabName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "must be lower-case letters, digits and dashes");

/** `1.2.3`. Text: YAML reads an unquoted 1.2 as a number. */
export const semanticVersion = z
  .string()
  .regex(/^\d+\.\d+\.\d+$/, 'must be "major.minor.patch", such as "1.0.0"');

/** A name that can stand unquoted in SQL. */
export const identifier = z
  .string()
  .max(128)
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, "must be letters, digits and underscores, not starting with a digit");

/** The quality tiers of the medallion architecture. */
export const tier = z.enum(["bronze", "silver", "gold"]);
export type Tier = z.output<typeof tier>;
