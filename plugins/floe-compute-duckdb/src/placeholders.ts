import type { SecretReference } from "@floe/core";

const PLACEHOLDER = /\{\{\s*env_var\('(\w+)'\)\s*\}\}/g;

/**
 * A text as dbt would fill it in: with the value of each environment variable that it names.
 *
 * @throws FloeError `SECRET.*`.
 */
export async function filled(
  text: string,
  resolve: (reference: SecretReference) => Promise<string>,
): Promise<string> {
  const values = new Map<string, string>();
  for (const [, name = ""] of text.matchAll(PLACEHOLDER)) {
    values.set(name, await resolve({ source: "env", name }));
  }
  return text.replace(PLACEHOLDER, (_all, name: string) => values.get(name) ?? "");
}
