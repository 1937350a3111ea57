import { z } from "zod";
import { optional, withDefault } from "./optional.ts";

/**
 * Names a secret without holding it. Nothing is read before the secret is used.
 *
 * With source `env`, `name` is the environment variable (`SNOWFLAKE_PASSWORD`); the others take the name
 * of the secret in that system, and the key within it.
 */
export const secretReferenceSchema = z.strictObject({
  source: withDefault(
    z.enum(["env", "kubernetes", "vault", "external-secrets", "infisical"]),
    "kubernetes",
  ).describe("Where the secret is kept."),
  name: z
    .string()
    .min(1)
    .max(253)
    .regex(
      /^[A-Za-z_]\w*$|^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
      "must be an environment variable or a secret's name",
    )
    .describe("Name of the secret, or of the environment variable."),
  key: optional(
    z
      .string()
      .min(1)
      .regex(/^[\w.-]+$/, "must be letters, digits, dots, dashes and underscores"),
  ).describe("Key within the secret, where it has several."),
});

/** See {@link secretReferenceSchema}. */
export type SecretReference = z.output<typeof secretReferenceSchema>;
