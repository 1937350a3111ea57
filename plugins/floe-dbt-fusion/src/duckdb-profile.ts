import type { Finding, JsonObject, JsonValue } from "@floe/core";
import { GLOBAL_SETTINGS } from "./global-settings.ts";
import { mapping } from "./project-files.ts";
import { SUGGESTION } from "./support.ts";

/** The keys of an output that the engine reads. It passes over all others without a word. */
const READ = new Set([
  ...["type", "path", "database", "schema", "threads", "extensions", "settings", "secrets", "attach"],
  ...["is_ducklake", "external_root"],
]);
/** Those whose absence changes no result: dbt-duckdb itself ignores the first; each command is a process. */
const HARMLESS = new Set(["timeout_seconds", "keep_open"]);
const READ_OF_ATTACHMENT = new Set(["path", "alias", "type", "read_only", "is_ducklake"]);

/**
 * Keys of a DuckDB output that the engine passes over in silence, or fails on only while it builds: tried
 * with dbt-core 2.0.0a4 and Fusion 2.0.0rc196, neither of which ever refuses a key.
 */
export function findUnsupportedKeys(output: JsonObject): Finding[] {
  return [
    ...unreadKeys(output),
    ...listOf(output.extensions).flatMap(extensionPath),
    ...Object.keys(mapping(output.settings) ?? {}).flatMap(sessionSetting),
    ...listOf(output.attach).flatMap(attachment),
  ];
}

function unreadKeys(output: JsonObject): Finding[] {
  return Object.entries(output)
    .filter(([key, value]) => !READ.has(key) && !HARMLESS.has(key) && !isEmpty(value))
    .map(([key]) => finding(key, `The Rust engine ignores \`${key}\` of the profile.`));
}

function extensionPath(extension: JsonValue): Finding[] {
  if (typeof extension !== "string" || !/[\\/]/.test(extension)) return [];
  return [
    finding(
      "extensions",
      `The Rust engine can't load an extension from a file (${extension}).`,
      "Install it where DuckDB looks for it (~/.duckdb/extensions) and give its name, or load it in on-run-start; or take dbt-core 1: plugins.dbt.type: local",
    ),
  ];
}

function sessionSetting(name: string): Finding[] {
  if (GLOBAL_SETTINGS.has(name.toLowerCase())) return [];
  return [
    finding(
      `settings.${name}`,
      `The Rust engine sets \`${name}\` for one connection only, and builds the models with others.`,
    ),
  ];
}

function attachment(value: JsonValue, index: number): Finding[] {
  const attached = mapping(value) ?? {};
  const path = `attach[${index}]`;
  if (String(attached.type).toLowerCase() === "iceberg") {
    return [finding(path, "The Rust engine can't attach an Iceberg catalog: it leaves out the options.")];
  }
  return Object.entries(attached)
    .filter(([key, one]) => !READ_OF_ATTACHMENT.has(key) && !isEmpty(one))
    .map(([key]) => finding(`${path}.${key}`, `The Rust engine ignores \`${path}.${key}\` of the profile.`));
}

function finding(subject: string, message: string, suggestion = SUGGESTION): Finding {
  return { code: "DBT.UNSUPPORTED", message, subject, suggestion };
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** What is there but asks for nothing. */
function isEmpty(value: JsonValue): boolean {
  return value === null || value === false || (typeof value === "object" && Object.keys(value).length === 0);
}
