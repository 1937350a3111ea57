import { FloeError } from "@floe/core/contracts";
import type { YAMLError } from "yaml";
import type { YamlSource } from "./yaml-source.ts";

export function empty(file: string): FloeError {
  return new FloeError("CONFIG.EMPTY", `${file} is empty.`, {
    next: ["floe init"],
    where: { file, line: 1, column: 1 },
  });
}

export function tooLarge(file: string, why: string): FloeError {
  return new FloeError("CONFIG.TOO_LARGE", `${file} is too large for a configuration file.`, {
    why,
    next: ["Keep it below 1 MiB and 100 levels, and aliases few."],
    where: { file, line: 1, column: 1 },
  });
}

/** What keeps a file from being read. */
export function readFault(error: unknown, file: string): FloeError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new FloeError("CONFIG.NOT_FOUND", `There is no file ${file}.`, {
      next: ["Correct the path, or create the file with: floe init"],
      where: { file },
    });
  }
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") {
    return new FloeError("CONFIG.SYNTAX", `${file} isn't UTF-8 text.`, {
      next: ["Save it as UTF-8."],
      where: { file, line: 1, column: 1 },
    });
  }
  return unreadable(file, message, error);
}

export function unreadable(file: string, why: string, cause?: unknown): FloeError {
  return new FloeError("CONFIG.UNREADABLE", `${file} can't be read.`, {
    why,
    next: ["Check the path and the file's permissions."],
    where: { file },
    cause,
  });
}

/** What the parser found, in the words of someone who writes configuration. */
export function syntaxFault({ code, message, pos }: YAMLError, source: YamlSource): FloeError {
  if (code === "RESOURCE_EXHAUSTION") return tooLarge(source.file, "It is nested too deeply.");
  const where = source.placeAt(pos[0], pos[1]);
  if (code === "NON_STRING_KEY") {
    return new FloeError("CONFIG.SYNTAX", "A key must be text.", {
      next: ["Put the key into quotes."],
      where,
    });
  }
  const tab = tabInIndent(source.text, pos[0]);
  if (code === "TAB_AS_INDENT" || tab !== undefined) {
    return new FloeError("CONFIG.SYNTAX", "A tab can't indent YAML.", {
      next: ["Indent with spaces."],
      where: tab === undefined ? where : source.placeAt(tab, tab + 1),
    });
  }
  return new FloeError("CONFIG.SYNTAX", "The YAML is malformed.", {
    // Without the quoted text that some messages end with: it may be a credential's.
    why: message.replace(/: ".*$/s, ""),
    next: ["Check the indentation, quotes and brackets here and on the line above."],
    where,
  });
}

/** Where the line of a character is indented by a tab, if it is. */
function tabInIndent(text: string, at: number): number | undefined {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const spaces = /^ *(?=\t)/.exec(text.slice(start, start + 200));
  return spaces === null ? undefined : start + spaces[0].length;
}
