import type { DuckDBDateValue, DuckDBType, DuckDBValue, DuckDBValueConverter, Json } from "@duckdb/node-api";
import type { SqlValue } from "@floe/core";

type DuckDb = typeof import("@duckdb/node-api");

/**
 * Converts values to what floe's contract has: whole numbers as numbers while they are exact, decimals as
 * text, dates and times in ISO 8601, bytes in Base64. Nested values hold the same, as JSON.
 *
 * What JSON has no number for is text: `NaN`, `Infinity`; dates and times without end are `infinity`.
 */
export function sqlValueConverter({
  DuckDBTypeId: id,
  JsonDuckDBValueConverter,
}: DuckDb): DuckDBValueConverter<Json> {
  return (value, type, converter) => {
    if (value === null) return null;
    switch (type.typeId) {
      case id.BIGINT:
      case id.UBIGINT:
      case id.HUGEINT:
      case id.UHUGEINT:
        return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
      case id.BLOB:
        return Buffer.from((value as { bytes: Uint8Array }).bytes).toString("base64");
      case id.DATE:
        return isoDate(value as DuckDBDateValue);
      case id.TIMESTAMP:
      case id.TIMESTAMP_S:
      case id.TIMESTAMP_MS:
      case id.TIMESTAMP_NS:
      case id.TIMESTAMP_TZ:
        return isoTimestamp(String(value));
      default:
        return JsonDuckDBValueConverter(value, type, converter);
    }
  };
}

/** One value of a row: what is nested becomes text. */
export function sqlValue(converted: Json): SqlValue {
  return typeof converted === "object" && converted !== null ? JSON.stringify(converted) : converted;
}

/** DuckDB's own text for a date without end is the last day that it can count. */
function isoDate(date: DuckDBDateValue): string {
  if (date.isFinite) return String(date);
  return date.days > 0 ? "infinity" : "-infinity";
}

/** `2020-01-02 03:04:05+00` is `2020-01-02T03:04:05+00:00`. Infinity stays as it is. */
function isoTimestamp(text: string): string {
  return text.replace(/^(\S+) /, "$1T").replace(/(:\d\d(?:\.\d+)?[+-]\d{2})$/, "$1:00");
}

const INT64 = 2n ** 63n;

/**
 * A parameter and the type that it is bound with. Left to itself the client binds every bigint as HUGEINT,
 * to which DuckDB would cast the columns it is compared with, and refuses numbers past 64 bits.
 */
export function parameter(
  value: SqlValue,
  { BIGINT, HUGEINT, DOUBLE, INTEGER, BOOLEAN, VARCHAR, SQLNULL }: DuckDb,
): { value: DuckDBValue; type: DuckDBType } {
  switch (typeof value) {
    case "number":
      if (!Number.isSafeInteger(value)) return { value, type: DOUBLE };
      return (value | 0) === value ? { value, type: INTEGER } : { value: BigInt(value), type: BIGINT };
    case "bigint":
      return { value, type: value >= -INT64 && value < INT64 ? BIGINT : HUGEINT };
    case "boolean":
      return { value, type: BOOLEAN };
    case "string":
      return { value, type: VARCHAR };
    default:
      return { value, type: SQLNULL };
  }
}
