import { entriesWithin, pathOf } from "./entries.ts";
import type { Report } from "./rule.ts";

const CREDENTIAL_KEY =
  /(^|[_.-])(password|passwd|secret|token|api_?key|access_?key|secret_?key|private_?key|credential)s?([_.-](id|key|value|access_key))*$/i;
/** Keys that name where a credential is, instead of holding one. */
const NAME_OF_CREDENTIAL = /(_env|_ref|_name)$/i;
const REFERENCE = /\{\{\s*env_var\(|^\$\{(env:)?\w+\}$|^urn:/;
const PASSWORD_IN_ADDRESS = /:\/\/[^/@\s]*:[^/@\s]+@/;
const CREDENTIAL_IN_QUERY =
  /[?&#;](?:[\w.-]*[_.-])?(?:api|access|auth|secret)?(?:key|token|secret|password|credential|signature|sig)=/i;

/**
 * Reports values that look like credentials: by their key, or in an address. References are what should
 * stand there: `{{ env_var('NAME') }}`, or a mapping that names a secret; so do names of environment
 * variables.
 */
export function reportInlineSecrets(value: unknown, report: Report, path: readonly PropertyKey[] = []): void {
  for (const entry of entriesWithin(value)) {
    const { key, value: inner } = entry;
    if (typeof inner !== "string" || inner === "" || REFERENCE.test(inner)) continue;
    const named = typeof key === "string" && CREDENTIAL_KEY.test(key) && !NAME_OF_CREDENTIAL.test(key);
    if (named || isCredentialAddress(inner)) {
      report([...path, ...pathOf(entry)], `"${key}" holds a credential where only a reference may stand`, {
        code: "ARTIFACTS.INVALID",
        next: ["Write {{ env_var('NAME') }} there."],
      });
    }
  }
}

/** Whether an address carries a password, or a query parameter that is named like a credential. */
export function isCredentialAddress(address: string): boolean {
  return PASSWORD_IN_ADDRESS.test(address) || CREDENTIAL_IN_QUERY.test(address);
}
