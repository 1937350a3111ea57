import { type Entry, entriesWithin, pathOf } from "../entries.ts";
import type { Report, UnknownKeys } from "../rule.ts";

/** Keys that say where something runs, which a product must not. */
const PLACES = new Set(["database", "schema", "host", "port", "endpoint", "connection_string"]);
/** Keys that say with which right. */
const CREDENTIALS = new Set([
  "username",
  "password",
  "credentials",
  "access_key",
  "secret_key",
  "token",
  "api_key",
]);

/** No product nests settings so deep; places of this depth and more would only fill the memory. */
const DEEPEST = 100;

/** Mappings whose keys are data (columns, labels), not settings. */
const DATA_KEYS = new Set(["labels", "field_mapping"]);

/**
 * Reports keys that belong to the platform, wherever in a product's file they stand and however they are
 * cased. `outputPorts[].schema`, which the format itself requires, is none of them; nor are an API's query
 * parameters (`port` of a harbour), unless they are named like a credential.
 */
export function reportEnvironmentKeys(value: unknown, unknownKeys: UnknownKeys, report: Report): void {
  for (const path of [...unknownKeys, ...keysOf(value)]) {
    const key = String(path.at(-1));
    const name = key.toLowerCase();
    const ownSchema = key === "schema" && path.length === 3 && path[0] === "outputPorts";
    const parameter = path.length === 5 && path[0] === "ingestion" && path[3] === "params";
    const refused = CREDENTIALS.has(name) || (PLACES.has(name) && !ownSchema && !parameter);
    if (!refused) continue;
    report(path, `"${key}" belongs to the platform, not to a product`, {
      code: "CONFIG.ENVIRONMENT_KEY",
      why: "A product runs unchanged in every environment; where and with which credentials, the manifest says.",
      next: [`Move "${key}" to manifest.yaml, below the plugin that needs it.`],
    });
  }
}

/** The places of all refused keys, but for those within mappings of data. */
function* keysOf(value: unknown): Generator<PropertyKey[]> {
  const enter = ({ key, depth }: Entry) => depth < DEEPEST && !DATA_KEYS.has(String(key));
  for (const entry of entriesWithin(value, enter)) {
    if (typeof entry.key !== "string") continue;
    const name = entry.key.toLowerCase();
    // Paths cost as much as they are deep: only of those that may be reported.
    if (PLACES.has(name) || CREDENTIALS.has(name)) yield pathOf(entry);
  }
}
