import type { SqlValue } from "@floe/core";

/** SQL with the values of its `?`, in order. Values have no other way into a statement. */
export interface Sql {
  readonly text: string;
  readonly parameters: readonly SqlValue[];
}

/** ``sql`count_if(${column} < ${bind(5)})` ``: parts are SQL themselves, so that no value is interpolated. */
export function sql(strings: TemplateStringsArray, ...parts: readonly Sql[]): Sql {
  return {
    text: strings.reduce((text, string, index) => text + (parts[index - 1]?.text ?? "") + string),
    parameters: parts.flatMap(({ parameters }) => parameters),
  };
}

/** A value, bound. */
export function bind(value: SqlValue): Sql {
  return { text: "?", parameters: [value] };
}

/** Text that is SQL already: a quoted identifier, a type's name, a fragment that was found to be closed. */
export function trusted(text: string): Sql {
  return { text, parameters: [] };
}

export function list(parts: readonly Sql[], separator = ", "): Sql {
  return {
    text: parts.map(({ text }) => text).join(separator),
    parameters: parts.flatMap(({ parameters }) => parameters),
  };
}

/** The same for the same SQL with the same values. */
export function keyOf({ text, parameters }: Sql): string {
  return JSON.stringify([text, ...parameters.map((value) => [typeof value, String(value)])]);
}
