import { isMapping, type Report } from "./rule.ts";

const CREDENTIAL_KEY =
  /(^|[_.-])(password|passwd|secret|token|api_?key|access_?key|secret_?key|private_?key|credential)s?([_.-](id|key|value|access_key))*$/i;
const REFERENCE = /\{\{\s*env_var\(|^\$\{(env:)?\w+\}$|^urn:/;

/**
 * Reports values that look like credentials, by their key. References are what should stand there:
 * `{{ env_var('NAME') }}`, or a mapping that names a secret; so do names of environment variables.
 */
export function reportInlineSecrets(value: unknown, report: Report, path: readonly PropertyKey[] = []): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) reportInlineSecrets(item, report, [...path, index]);
    return;
  }
  if (!isMapping(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    const named = CREDENTIAL_KEY.test(key) && !/(_env|_ref|_name)$/i.test(key);
    if (named && typeof inner === "string" && inner !== "" && !REFERENCE.test(inner)) {
      report([...path, key], `"${key}" holds a value where only a reference may stand`, {
        code: "ARTIFACTS.INVALID",
        next: [`Write {{ env_var('NAME') }} there.`],
      });
    }
    reportInlineSecrets(inner, report, [...path, key]);
  }
}
