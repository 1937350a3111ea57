import { readFileSync, statSync } from "node:fs";
import { relative, sep } from "node:path";
import { FloeError, type Place } from "@floe/core/contracts";
import { type Alias, type Document, LineCounter, parseAllDocuments, visit, type YAMLError } from "yaml";

/** Beyond this a file isn't configuration; parsing it would only cost time. */
const LARGEST_BYTES = 1024 * 1024;
/** How often aliases may be followed before a document counts as a bomb. */
const MOST_ALIASES = 1000;

/** A YAML file as it was read: its value, and where everything in it stands. */
export class YamlDocument {
  /** The file as the user knows it. */
  readonly file: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly root: Document.Parsed;
  readonly #lines: readonly string[];
  readonly #counter: LineCounter;

  constructor(file: string, text: string, root: Document.Parsed, counter: LineCounter, value: object) {
    this.file = file;
    this.value = value as Readonly<Record<string, unknown>>;
    this.root = root;
    this.#lines = text.split(/\r?\n/);
    this.#counter = counter;
  }

  /** The place of characters `start` up to `end`, both from 0. A caret line covers one line at most. */
  placeAt(start: number, end: number, path?: string): Place {
    return place(this.file, this.#lines, this.#counter, start, end, path);
  }
}

/** A file's path as messages show it: relative to `cwd` if it lies below, else as it is. */
export function displayPath(file: string, cwd: string): string {
  const inner = relative(cwd, file);
  return inner === "" || inner === ".." || inner.startsWith(`..${sep}`) ? file : inner;
}

export type ReadResult = { document: YamlDocument; faults: [] } | { document?: never; faults: FloeError[] };

/**
 * Reads and parses a YAML file whose document is a mapping. What is wrong with it is returned, not thrown.
 *
 * @param shown The path to show in messages.
 */
export function readYamlDocument(file: string, shown: string = file): ReadResult {
  let text: string;
  try {
    const { size } = statSync(file);
    if (size > LARGEST_BYTES) return { faults: [tooLarge(shown, `It has ${size} bytes.`)] };
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(readFileSync(file));
  } catch (error) {
    return { faults: [readFault(error, shown)] };
  }
  return parseYamlDocument(text, shown);
}

/** As {@link readYamlDocument}, from text. */
export function parseYamlDocument(source: string, shown: string): ReadResult {
  const text = source.replace(/^\uFEFF/, "");
  const counter = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: counter,
    prettyErrors: false,
    // `<<` isn't in YAML 1.2, but PyYAML's users have it in their files.
    merge: true,
    uniqueKeys: true,
    stringKeys: true,
  });
  const lines = text.split(/\r?\n/);
  const at = (start: number, end: number): Place => place(shown, lines, counter, start, end);
  const [root, second] = Array.isArray(documents) ? documents : [];
  const errors = (Array.isArray(documents) ? documents : []).flatMap((one) => one.errors);
  if (errors.length > 0) return { faults: errors.map((error) => syntaxFault(error, at, lines)) };
  if (root === undefined || root.contents === null) return { faults: [empty(shown)] };
  if (second !== undefined) {
    const fault = new FloeError("CONFIG.SYNTAX", "The file holds several YAML documents.", {
      next: ["Keep one, and remove the `---` that separates them."],
      where: at(second.range[0], second.range[0] + 3),
    });
    return { faults: [fault] };
  }
  const [dangling] = danglingAliases(root);
  if (dangling !== undefined) {
    const fault = new FloeError("CONFIG.SYNTAX", `The alias *${dangling.source} refers to nothing.`, {
      why: `No value before it is marked &${dangling.source}.`,
      next: ["Correct the name, or put the text into quotes if no alias is meant."],
      where: at(dangling.range?.[0] ?? 0, dangling.range?.[1] ?? 1),
    });
    return { faults: [fault] };
  }
  let value: unknown;
  try {
    value = root.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    return { faults: [tooLarge(shown, (error as Error).message)] };
  }
  if (value === null) return { faults: [empty(shown)] };
  if (typeof value !== "object" || Array.isArray(value)) {
    const fault = new FloeError("CONFIG.NOT_A_MAPPING", "The file must be a mapping of keys to values.", {
      why: `It is ${Array.isArray(value) ? "a list" : `the single value ${JSON.stringify(value)}`}.`,
      next: ["Start it with `apiVersion: floe.dev/v1`."],
      where: at(...contentRange(root)),
    });
    return { faults: [fault] };
  }
  return { document: new YamlDocument(shown, text, root, counter, value), faults: [] };
}

function danglingAliases(root: Document.Parsed): Alias[] {
  const dangling: Alias[] = [];
  visit(root, {
    Alias: (_key, alias) => {
      if (alias.resolve(root) === undefined) dangling.push(alias);
    },
  });
  return dangling;
}

function contentRange(root: Document.Parsed): [number, number] {
  const range = root.contents?.range ?? root.range;
  return [range[0], range[1]];
}

function place(
  file: string,
  lines: readonly string[],
  counter: LineCounter,
  start: number,
  end: number,
  path?: string,
): Place {
  const { line, col } = counter.linePos(start);
  const source = lines[line - 1] ?? "";
  // A value of several lines is marked to the end of its first.
  const length = Math.max(1, Math.min(end - start, source.length - col + 1));
  return {
    file,
    line: Math.max(1, line),
    column: Math.max(1, col),
    length,
    source: withoutCredentials(source),
    ...(path === undefined ? {} : { path }),
  };
}

const CREDENTIAL =
  /((?:password|passwd|secret|token|credential|api_?key|access_?key|private_?key)\w*["']?\s*:\s*)([^\s{[|>&*#][^#]*)/gi;

/** A source line for a message, without values that stand behind keys of credentials. */
function withoutCredentials(line: string): string {
  return line.replace(CREDENTIAL, (_all, key: string, value: string) => key + value.replace(/[^\s,}]/g, "*"));
}

function empty(file: string): FloeError {
  return new FloeError("CONFIG.EMPTY", `${file} is empty.`, {
    next: ["floe init"],
    where: { file, line: 1, column: 1 },
  });
}

function tooLarge(file: string, why: string): FloeError {
  return new FloeError("CONFIG.TOO_LARGE", `${file} is too large for a configuration file.`, {
    why,
    next: ["Keep it below 1 MiB, and aliases few."],
    where: { file, line: 1, column: 1 },
  });
}

function readFault(error: unknown, file: string): FloeError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") {
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
  return new FloeError("CONFIG.UNREADABLE", `${file} can't be read.`, {
    why: code === "EISDIR" ? "It is a folder." : message,
    next: ["Check the path and the file's permissions."],
    where: { file },
    cause: error,
  });
}

function syntaxFault(
  error: YAMLError,
  at: (start: number, end: number) => Place,
  lines: readonly string[],
): FloeError {
  const where = at(error.pos[0], error.pos[1]);
  const line = lines[(where.line ?? 1) - 1] ?? "";
  if (error.code === "DUPLICATE_KEY") {
    const key = /^[^\s:]+/.exec(line.slice((where.column ?? 1) - 1))?.[0] ?? "";
    return new FloeError("CONFIG.DUPLICATE_KEY", `The key "${key}" stands twice.`, {
      why: "Only one of the two could count.",
      next: ["Remove one, or merge the two."],
      where: { ...where, length: Math.max(1, key.length) },
    });
  }
  if (error.code === "NON_STRING_KEY") {
    return new FloeError("CONFIG.SYNTAX", "A key must be text.", {
      next: ["Put the key into quotes."],
      where,
    });
  }
  const tab = error.code === "TAB_AS_INDENT" || /^\s*\t/.test(line);
  return new FloeError("CONFIG.SYNTAX", tab ? "A tab can't indent YAML." : "The YAML is malformed.", {
    why: tab ? undefined : error.message,
    next: [
      tab ? "Indent with spaces." : "Check the indentation, quotes and brackets here and on the line above.",
    ],
    where,
  });
}
