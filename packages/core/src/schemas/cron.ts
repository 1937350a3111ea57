const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const LONGEST_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

interface Field {
  name: string;
  min: number;
  max: number;
  names?: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  { name: "day of month", min: 1, max: 31 },
  { name: "month", min: 1, max: 12, names: MONTHS },
  { name: "day of week", min: 0, max: 7, names: DAYS },
];

const NICKNAMES = new Set(["@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"]);

/**
 * What is wrong with a cron expression, in words; undefined where it is fine. Five fields as crontab(5) has
 * them, with lists, ranges, steps, names and nicknames; both 0 and 7 are Sunday. An expression that can
 * never fire, such as one for 30 February, is wrong too.
 */
export function cronFault(expression: string): string | undefined {
  const text = expression.trim().toLowerCase();
  if (NICKNAMES.has(text)) return undefined;
  const parts = text.split(/\s+/);
  if (parts.length !== FIELDS.length) {
    return `a cron expression has five fields (minute hour day month weekday), this has ${text === "" ? 0 : parts.length}`;
  }
  const values: Set<number>[] = [];
  for (const [index, field] of FIELDS.entries()) {
    const parsed = parseField(parts[index] ?? "", field);
    if (typeof parsed === "string") return parsed;
    values.push(parsed);
  }
  const [, , days, months] = values;
  // With a weekday given, cron fires on either, so that any month has a day.
  const anyWeekday = parts[4] === "*";
  const possible = [...(months ?? [])].some((month) =>
    [...(days ?? [])].some((day) => day <= (LONGEST_MONTH[month - 1] ?? 0)),
  );
  return anyWeekday && !possible ? "it never fires: no such day in the given months" : undefined;
}

function parseField(text: string, field: Field): Set<number> | string {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const match = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/.exec(part);
    if (match === null || (match[1] === "*" && match[2] !== undefined)) {
      return `the ${field.name} field can't be "${part}"`;
    }
    const [, from = "", to, every] = match;
    const start = from === "*" ? field.min : numberOf(from, field);
    const end =
      from === "*"
        ? field.max
        : to === undefined
          ? every === undefined
            ? start
            : field.max
          : numberOf(to, field);
    const step = every === undefined ? 1 : Number(every);
    if (start === undefined || end === undefined || start > end || step < 1 || step > field.max) {
      return `the ${field.name} field can't be "${part}" (${field.min} to ${field.max})`;
    }
    for (let value = start; value <= end; value += step) values.add(value);
  }
  return values;
}

function numberOf(text: string, { min, max, names }: Field): number | undefined {
  const named = names?.indexOf(text) ?? -1;
  const value = named >= 0 ? named + min : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

/** Whether an IANA timezone exists, as this machine's time zone data has it. */
export function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    // Offsets such as "+02:00" are accepted by Intl and have no daylight saving: not what a schedule means.
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}
