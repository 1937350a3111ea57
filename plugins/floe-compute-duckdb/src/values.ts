import type { DuckDBType, DuckDBValue, Json } from "@duckdb/node-api";
import type { SqlValue } from "@floe/core";

/** DuckDB's name of a type without its parameters: `DECIMAL`, `TIMESTAMP`. */
function baseType(type: DuckDBType): string {
  return String(type).replace(/\(.*$/, "");
}

const INTEGERS = new Set(["BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT"]);

/**
 * A value as floe's contract has it: whole numbers as numbers while they are exact, decimals as text, dates
 * and times in ISO 8601, bytes in Base64, nested values as JSON.
 *
 * @param json The value as DuckDB's own JSON conversion gives it.
 * @param raw The value itself, for what that conversion loses.
 */
export function sqlValue(json: Json, raw: DuckDBValue, type: DuckDBType): SqlValue {
  if (json === null) return null;
  if (typeof json === "object") return JSON.stringify(json);
  if (typeof json !== "string") return json;
  const name = baseType(type);
  if (INTEGERS.has(name)) {
    const number = Number(json);
    return Number.isSafeInteger(number) ? number : json;
  }
  if (name === "BLOB") return Buffer.from((raw as { bytes: Uint8Array }).bytes).toString("base64");
  if (name.startsWith("TIMESTAMP")) return isoTimestamp(json);
  return json;
}

/** `2020-01-02 03:04:05+00` is `2020-01-02T03:04:05+00:00`. Infinity stays as it is. */
function isoTimestamp(text: string): string {
  return text.replace(/^(\S+) /, "$1T").replace(/([+-]\d{2})$/, "$1:00");
}
