import { entriesWithin, pathOf } from "./entries.ts";
import type { Report } from "./rule.ts";

/** In words joined by underscores. */
const CREDENTIAL_KEY =
  /(^|_)(password|passwd|passphrase|secret|token|(api|access|secret|private|account)_?key|credential)s?(_(id|key|value|access_key))*$/;
const REFERENCE = /\{\{\s*env_var\(|^\$\{(env:)?\w+\}$|^urn:|^\*+$/;
const PASSWORD_IN_ADDRESS = /:\/\/[^/@\s:]*:[^/@\s]+@/;
const CREDENTIAL_IN_QUERY =
  /[?&#;](?:[\w.-]*[_.-])?(?:api|access|auth|secret)?(?:key|token|secret|password|credential|signature|sig)=/i;

/**
 * Reports values that look like credentials: by their key, or in an address. References are what should
 * stand there: `{{ env_var('NAME') }}`, or a mapping that names a secret; so do names of environment
 * variables, and a value that was masked with asterisks.
 *
 * @param namesOnly Keys of mappings that hold names of secrets and variables by design.
 */
export function reportInlineSecrets(
  value: unknown,
  report: Report,
  path: readonly PropertyKey[] = [],
  namesOnly: ReadonlySet<string> = new Set(),
): void {
  for (const entry of entriesWithin(value, ({ key }) => !namesOnly.has(String(key)))) {
    const { key, value: inner } = entry;
    if (typeof inner !== "string" || inner === "" || REFERENCE.test(inner)) continue;
    const name = typeof key === "number" ? entry.parent?.key : key;
    const where = pathOf(entry);
    // An attached database names the secret that the profile itself declares: a name in SQL, no value.
    const names = where.at(-1) === "secret" && where.at(-3) === "attach" && /^\w+$/.test(inner);
    const named = !names && typeof name === "string" && CREDENTIAL_KEY.test(wordsOf(name));
    if (named || isCredentialAddress(inner)) {
      report([...path, ...where], `"${name ?? key}" holds a credential where only a reference may stand`, {
        code: "ARTIFACTS.INVALID",
        next: ["Write {{ env_var('NAME') }} there."],
      });
    }
  }
}

/** `s3.secret-access-key` and `secretAccessKey` as `s3_secret_access_key`. */
function wordsOf(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
}

/** Whether an address carries a password, or a query parameter that is named like a credential. */
export function isCredentialAddress(address: string): boolean {
  return PASSWORD_IN_ADDRESS.test(address) || CREDENTIAL_IN_QUERY.test(address);
}
