import { FloeError } from "../errors/floe-error.ts";

/**
 * The levels of a catalog's dotted name: `sales.orders` has two. A level that has a dot or a double quote in
 * it stands in double quotes, doubled inside, as in SQL: `"eu.west".orders`.
 *
 * @throws FloeError `CATALOG.INVALID_NAME` where a level is empty or a quote isn't closed.
 */
export function catalogNameLevels(name: string): string[] {
  const levels: string[] = [];
  let rest = name;
  for (;;) {
    const quoted = /^"((?:[^"]|"")*)"(?=\.|$)/s.exec(rest);
    const plain = quoted ?? /^([^."][^.]*)(?=\.|$)/s.exec(rest);
    if (plain?.[1] === undefined || plain[1] === "") throw invalidName(name);
    levels.push(quoted === null ? plain[1] : plain[1].replaceAll('""', '"'));
    if (plain[0].length === rest.length) return levels;
    rest = rest.slice(plain[0].length + 1);
  }
}

/** A dotted name from its levels; what {@link catalogNameLevels} takes apart again. */
export function catalogName(levels: readonly string[]): string {
  return levels.map((level) => (/["."]/.test(level) ? `"${level.replaceAll('"', '""')}"` : level)).join(".");
}

function invalidName(name: string): FloeError {
  return new FloeError("CATALOG.INVALID_NAME", `"${name}" isn't a name in a catalog.`, {
    why: "Its levels are separated by dots, and none may be empty.",
    next: ['Put a level that has a dot in it in double quotes: "eu.west".orders.'],
  });
}
