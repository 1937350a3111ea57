import { FloeError } from "@floe/core";
import { type Sql, trusted } from "./sql.ts";

/**
 * What stands in a fragment between quotes, and what leads out of it. Alternatives are tried in this order:
 * strings (those of `E` take backslashes), identifiers, dollar quotes, comments.
 */
const TOKENS =
  /(?<![\w$])[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<![\w$])\$(?<tag>[A-Za-z_]\w*)?\$[\s\S]*?\$\k<tag>\$|--[^\n\r]*|\/\*[\s\S]*?\*\/|(?<bad>(?<![\w$])[eE]'|['"?;$]|\/\*)|(?<bracket>[()[\]{}])/g;

const CLOSING: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/**
 * The user's own SQL (`where`, `expression`), in parentheses. It is SQL by contract, and one statement holds
 * many of them, so each must end where it seems to end: quotes and brackets closed, no `;`, no parameter.
 * The line break keeps a comment from swallowing what follows.
 *
 * @throws FloeError `QUALITY.INVALID_EXPECTATION`.
 */
export function closedFragment(fragment: string, key: "where" | "expression"): Sql {
  const open: string[] = [];
  for (const { 0: token, groups } of fragment.matchAll(TOKENS)) {
    if (groups?.bad !== undefined) throw invalid(key, `of a stray ${token}`);
    // Engines disagree on whether comments nest.
    if (token.startsWith("/*") && token.includes("/*", 2)) throw invalid(key, "of a comment in a comment");
    if (groups?.bracket === undefined) continue;
    const opening = CLOSING[token];
    if (opening === undefined) open.push(token);
    else if (open.pop() !== opening) throw invalid(key, `its ${token} closes nothing`);
  }
  if (open.length > 0) throw invalid(key, `its ${open.at(-1)} isn't closed`);
  return trusted(`(\n${fragment}\n)`);
}

function invalid(key: string, why: string): FloeError {
  return new FloeError(
    "QUALITY.INVALID_EXPECTATION",
    `\`${key}\` isn't a whole SQL condition, because ${why}.`,
    { next: [`Write \`${key}\` as one condition, as it could stand after WHERE in parentheses.`] },
  );
}
