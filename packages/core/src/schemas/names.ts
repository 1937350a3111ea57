import { z } from "zod";

const dashedWords = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "must be lower-case letters, digits and dashes");

/** Lower-case words joined by dashes, as long as Kubernetes lets a label be. */
export const kebabName = dashedWords.max(63);

/** Name of a secret, as long as Kubernetes lets an object's name be. */
export const secretName = dashedWords.max(253);

/** `1.2.3`. Text: YAML reads an unquoted 1.2 as a number. */
export const semanticVersion = z
  .string()
  .regex(/^\d+\.\d+\.\d+$/, 'must be "major.minor.patch", such as "1.0.0"');

/** A name that can stand unquoted in SQL. */
export const identifier = z
  .string()
  .max(128)
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, "must be letters, digits and underscores, not starting with a digit");

/** `table` or `schema.table`, each a name that can stand unquoted in SQL. */
export const tableName = z
  .string()
  .regex(/^[a-zA-Z_]\w*(\.[a-zA-Z_]\w*)?$/, 'must be "table" or "schema.table"');

/** The quality tiers of the medallion architecture. */
export const tier = z.enum(["bronze", "silver", "gold"]);
export type Tier = z.output<typeof tier>;
