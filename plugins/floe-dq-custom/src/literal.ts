import { bind, type Sql, sql, trusted } from "./sql.ts";

type Given = string | number | boolean;

const INTEGERS: Readonly<Record<string, readonly [bits: bigint, signed: boolean]>> = {
  TINYINT: [8n, true],
  SMALLINT: [16n, true],
  INTEGER: [32n, true],
  BIGINT: [64n, true],
  HUGEINT: [128n, true],
  UTINYINT: [8n, false],
  USMALLINT: [16n, false],
  UINTEGER: [32n, false],
  UBIGINT: [64n, false],
  UHUGEINT: [128n, false],
};

/** Types that a text is turned into before it is compared, so that the column isn't turned into text. */
const FROM_TEXT = /^(DATE|TIME|TIMESTAMP(_S|_MS|_NS)?|TIME(STAMP)? WITH TIME ZONE|INTERVAL|UUID|BOOLEAN)$/;

const ZONED = "TIMESTAMP WITH TIME ZONE";
const DAY = /^-?\d+-\d+-\d+$/;
const TIME_OF_DAY = /:\d\d(?:\.\d+)?$/;
const WITH_ZONE = /:\d\d(?:\.\d+)?\s*(?:Z|[+-]\d\d(?::?\d\d)?)$/i;

const DECIMAL = /^DECIMAL\((\d+),(\d+)\)$/;
const NUMERAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** Digits behind the point of a type that holds exact numbers; undefined for all others. */
export function scaleOf(type: string): number | undefined {
  if (type in INTEGERS) return 0;
  const scale = DECIMAL.exec(type)?.[2];
  return scale === undefined ? undefined : Number(scale);
}

export function isInteger(type: string): boolean {
  return type in INTEGERS;
}

/**
 * A bound as a value of the column's own type, for then the column is compared as it is, at full precision
 * and speed. A bound between two values of an exact type is moved to the next one inside: `min: 1.005` of a
 * DECIMAL(10,2) is 1.01.
 */
export function boundOf(given: string | number, type: string, which: "min" | "max"): Sql {
  const scale = scaleOf(type);
  const exact = scale === undefined ? undefined : scaled(given, scale);
  if (scale === undefined || exact === undefined) return literal(given, type);
  const up = exact.rest && which === "min" ? 1n : 0n;
  return exactLiteral(exact.floor + up, scale, type);
}

/**
 * The values of a list as one column of the column's own type. Values that it can't hold are left out;
 * undefined if that leaves none.
 */
export function valuesOf(values: readonly Given[], type: string): Sql | undefined {
  const texts = values.flatMap((value) => {
    const scale = scaleOf(type);
    if (type === ZONED) return [withZone(String(value).trim())];
    if (scale === undefined || typeof value === "boolean") return [String(value)];
    const exact = scaled(value, scale);
    if (exact === undefined) return [String(value)];
    return exact.rest || !fits(exact.floor, scale, type) ? [] : [unscaled(exact.floor, scale)];
  });
  if (texts.length === 0) return undefined;
  const separator = separatorOf(texts);
  const split = sql`string_split(${bind(texts.join(separator))}, ${bind(separator)})`;
  const cast = scaleOf(type) !== undefined || /^(FLOAT|DOUBLE)$/.test(type) || FROM_TEXT.test(type);
  return cast ? sql`SELECT unnest(CAST(${split} AS ${trusted(`${type}[]`)}))` : sql`SELECT unnest(${split})`;
}

function literal(given: string | number, type: string): Sql {
  if (type === "FLOAT" || type === "DOUBLE") return sql`CAST(${bind(given)} AS ${trusted(type)})`;
  // Left bare it would be taken for the column's type, and rounded or made text.
  if (typeof given === "number") return sql`CAST(${bind(given)} AS DOUBLE)`;
  if (/^(DATE$|TIMESTAMP)/.test(type)) return moment(given.trim(), type);
  if (FROM_TEXT.test(type) || scaleOf(type) !== undefined) {
    return sql`CAST(${bind(given)} AS ${trusted(type)})`;
  }
  return bind(given);
}

/** A time without a zone is UTC's, in the column as in the bound, whatever the session's zone is. */
function moment(text: string, type: string): Sql {
  if (type === ZONED) return sql`CAST(${bind(withZone(text))} AS ${trusted(type)})`;
  // A date's column is compared with a moment of a day, not with its day.
  const own = trusted(type === "DATE" && !DAY.test(text) ? "TIMESTAMP" : type);
  if (!WITH_ZONE.test(text)) return sql`CAST(${bind(text)} AS ${own})`;
  return sql`CAST(CAST(${bind(text)} AS ${trusted(ZONED)}) AT TIME ZONE 'UTC' AS ${own})`;
}

function withZone(text: string): string {
  if (WITH_ZONE.test(text)) return text;
  return DAY.test(text) ? `${text} 00:00:00+00` : TIME_OF_DAY.test(text) ? `${text}+00` : text;
}

function exactLiteral(value: bigint, scale: number, type: string): Sql {
  const text = unscaled(value, scale);
  if (fits(value, scale, type)) return sql`CAST(${bind(text)} AS ${trusted(type)})`;
  // Outside of what the column can hold: any type that holds both does.
  if (digits(value) > 38) return sql`CAST(${bind(text)} AS DOUBLE)`;
  return sql`CAST(${bind(text)} AS ${trusted(`DECIMAL(38,${scale})`)})`;
}

/** A number in units of the last place, rounded down; undefined for what isn't written as a plain number. */
function scaled(given: string | number, scale: number): { floor: bigint; rest: boolean } | undefined {
  const text = typeof given === "number" && Number.isInteger(given) ? String(BigInt(given)) : String(given);
  const [, sign, whole, fraction = ""] = NUMERAL.exec(text.trim()) ?? [];
  if (whole === undefined) return undefined;
  const magnitude = BigInt(whole + fraction.slice(0, scale).padEnd(scale, "0"));
  const rest = /[1-9]/.test(fraction.slice(scale));
  if (sign !== "-") return { floor: magnitude, rest };
  return { floor: rest ? -magnitude - 1n : -magnitude, rest };
}

function unscaled(value: bigint, scale: number): string {
  const magnitude = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  const sign = value < 0n ? "-" : "";
  return scale === 0
    ? `${sign}${magnitude}`
    : `${sign}${magnitude.slice(0, -scale)}.${magnitude.slice(-scale)}`;
}

function digits(value: bigint): number {
  return String(value < 0n ? -value : value).length;
}

function fits(value: bigint, _scale: number, type: string): boolean {
  const integer = INTEGERS[type];
  if (integer === undefined) return digits(value) <= Number(DECIMAL.exec(type)?.[1] ?? 0);
  const [bits, signed] = integer;
  return signed
    ? value >= -(2n ** (bits - 1n)) && value < 2n ** (bits - 1n)
    : value >= 0n && value < 2n ** bits;
}

/** A character that none of the texts has. */
function separatorOf(texts: readonly string[]): string {
  const used = new Set(texts.flatMap((text) => [...text]));
  for (let code = 0x1f; ; code = code === 1 ? 0xe000 : code > 0xdfff ? code + 1 : code - 1) {
    const character = String.fromCodePoint(code);
    if (!used.has(character)) return character;
  }
}
