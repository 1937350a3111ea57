import type { SecretReference } from "../schemas/secret-reference.ts";

/**
 * The environment variable through which other processes find a secret: name and key in capitals, all else
 * as underscores. `lake-client` with key `client_secret` is `LAKE_CLIENT_CLIENT_SECRET`.
 */
export function secretEnvironmentVariable({ name, key }: Pick<SecretReference, "name" | "key">): string {
  const joined = key === undefined ? name : `${name}_${key}`;
  return joined.replace(/[^A-Za-z0-9]+/g, "_").toUpperCase();
}
