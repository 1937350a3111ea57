const CREDENTIAL_KEY =
  /(^|[_.-])(password|passwd|passphrase|secret|token|(api|access|secret|private|account)[_-]?key|credential)s?([_.-](id|key|value|access_key))*$/i;
const REFERENCE = /\{\{\s*env_var\(|^\$\{(env:)?\w+\}$/;

/** Below it dbt-duckdb takes the name of a secret that a statement made. */
const NAME_OF_A_SECRET = "secret";

/**
 * Where in a generated mapping something stands below a credential's key that isn't a reference:
 * `outputs.password`; undefined if nothing does.
 */
export function inlineSecret(value: unknown, path = ""): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const at = path === "" ? key : `${path}.${key}`;
    const named = CREDENTIAL_KEY.test(key) && key !== NAME_OF_A_SECRET;
    if (named && typeof inner === "string" && inner !== "" && !REFERENCE.test(inner)) return at;
    const found = inlineSecret(inner, at);
    if (found !== undefined) return found;
  }
  return undefined;
}
