import { isMapping, type Report, type UnknownKeys } from "../rule.ts";

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
export function reportEnvironmentKeys(value: unknown, unknownKeys: UnknownKeys, report: Report): void {
  for (const path of [...unknownKeys, ...keysOf(value, [])]) {
    const key = String(path.at(-1));
    const ownSchema = key === "schema" && path.length === 3 && path[0] === "outputPorts";
    if (!REFUSED.has(key.toLowerCase()) || ownSchema) continue;
    report(path, `"${key}" belongs to the platform, not to a product`, {
      code: "CONFIG.ENVIRONMENT_KEY",
      why: "A product runs unchanged in every environment; where and with which credentials, the manifest says.",
      next: [`Move "${key}" to manifest.yaml, below the plugin that needs it.`],
    });
  }
}

/** The places of all keys, but for those within mappings of data. */
function keysOf(value: unknown, path: readonly PropertyKey[]): PropertyKey[][] {
  if (Array.isArray(value)) return value.flatMap((item: unknown, index) => keysOf(item, [...path, index]));
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const place = [...path, key];
    return DATA_KEYS.has(key) ? [place] : [place, ...keysOf(inner, place)];
  });
}
