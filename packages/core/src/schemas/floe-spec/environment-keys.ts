import { isMapping, type Report } from "../rule.ts";

/** Keys that say where something runs or who may, which a product must not. */
const REFUSED = new Set([
  "database",
  "schema",
  "host",
  "port",
  "username",
  "password",
  "credentials",
  "connection_string",
  "endpoint",
  "access_key",
  "secret_key",
  "token",
  "api_key",
]);

/** Mappings whose keys are data (columns, labels), not settings. */
const DATA_KEYS = new Set(["labels", "field_mapping"]);

/**
 * Reports keys that belong to the platform, wherever in a product's file they stand and however they are
 * cased. `outputPorts[].schema`, which the format itself requires, is none of them.
 */
export function reportEnvironmentKeys(
  value: unknown,
  report: Report,
  path: readonly PropertyKey[] = [],
): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) reportEnvironmentKeys(item, report, [...path, index]);
    return;
  }
  if (!isMapping(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    const ownSchema = key === "schema" && path.length === 2 && path[0] === "outputPorts";
    if (REFUSED.has(key.toLowerCase()) && !ownSchema) {
      report([...path, key], `"${key}" belongs to the platform, not to a product`, {
        code: "CONFIG.ENVIRONMENT_KEY",
        why: "A product runs unchanged in every environment; where and with which credentials, the manifest says.",
        next: [`Move "${key}" to manifest.yaml, below the plugin that needs it.`],
      });
    }
    if (!DATA_KEYS.has(key)) reportEnvironmentKeys(inner, report, [...path, key]);
  }
}
