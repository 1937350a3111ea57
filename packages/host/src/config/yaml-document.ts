import { readFileSync, statSync } from "node:fs";
import { relative, sep } from "node:path";
import { FloeError, type Place } from "@floe/core/contracts";
import { Composer, type Document, Parser } from "yaml";
import { empty, readFault, syntaxFault, tooLarge, unreadable } from "./yaml-faults.ts";
import { YamlSource } from "./yaml-source.ts";
import { settleStructure } from "./yaml-structure.ts";

/** Beyond this a file isn't configuration; parsing it would only cost time. */
const LARGEST_BYTES = 1024 * 1024;
/** One slip with a bracket makes every line after it wrong; nobody reads more of them. */
const MOST_SYNTAX_FAULTS = 20;

/** A YAML file as it was read: its value, and where everything in it stands. */
export class YamlDocument {
  readonly value: Readonly<Record<string, unknown>>;
  /** The tree that `value` was made from, each alias replaced by what it stands for. */
  readonly root: Document.Parsed;
  readonly #source: YamlSource;

  constructor(source: YamlSource, root: Document.Parsed, value: object) {
    this.#source = source;
    this.root = root;
    this.value = value as Readonly<Record<string, unknown>>;
  }

  /** The file as the user knows it. */
  get file(): string {
    return this.#source.file;
  }

  /** The place of characters `start` up to `end`, both from 0. A caret line covers one line at most. */
  placeAt(start: number, end: number, path?: string): Place {
    return this.#source.placeAt(start, end, path);
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
    const stats = statSync(file);
    if (stats.isDirectory()) return { faults: [unreadable(shown, "It is a folder.")] };
    // A pipe or device might never end.
    if (!stats.isFile()) return { faults: [unreadable(shown, "It isn't a regular file.")] };
    if (stats.size > LARGEST_BYTES) return { faults: [tooLarge(shown, `It has ${stats.size} bytes.`)] };
    text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    return { faults: [readFault(error, shown)] };
  }
  return parseYamlDocument(text, shown);
}

/** As {@link readYamlDocument}, from text. */
export function parseYamlDocument(text: string, shown: string): ReadResult {
  const source = new YamlSource(shown, text.replace(/^\uFEFF/, ""));
  const documents = composeDocuments(source);
  const errors = documents.flatMap((one) => one.errors);
  source.parsedAs(documents, errors.length > 0);
  if (errors.length > 0) {
    const exhausted = errors.find(({ code }) => code === "RESOURCE_EXHAUSTION");
    const told = exhausted === undefined ? errors.slice(0, MOST_SYNTAX_FAULTS) : [exhausted];
    return { faults: told.map((error) => syntaxFault(error, source)) };
  }
  const [root, second] = documents;
  if (root === undefined) return { faults: [empty(shown)] };
  if (second !== undefined) {
    const [start] = second.range;
    const fault = new FloeError("CONFIG.SYNTAX", "The file holds several YAML documents.", {
      next: ["Keep one, and remove the `---` that separates them."],
      where: source.placeAt(start, start + 3),
    });
    return { faults: [fault] };
  }
  if (root.directives.yaml.version !== "1.2") {
    const at = source.text.search(/^%YAML/m);
    const fault = new FloeError("CONFIG.SYNTAX", "floe reads YAML 1.2.", {
      why: "In older versions the same text means something else: yes is true, 010 is eight.",
      next: ["Remove the line that starts with %YAML."],
      where: source.placeAt(Math.max(0, at), at + 5),
    });
    return { faults: [fault] };
  }
  const faults = settleStructure(root, source);
  if (faults.length > 0) return { faults };

  const value: unknown = root.toJS();
  if (value === null || value === undefined) return { faults: [empty(shown)] };
  if (typeof value !== "object" || Array.isArray(value)) {
    const range = root.contents?.range ?? root.range;
    const fault = new FloeError("CONFIG.NOT_A_MAPPING", "The file must be a mapping of keys to values.", {
      why: `It is ${Array.isArray(value) ? "a list" : "a single value"}.`,
      next: ["Start it with `apiVersion: floe.dev/v1`."],
      where: source.placeAt(range[0], range[1]),
    });
    return { faults: [fault] };
  }
  return { document: new YamlDocument(source, root, value), faults: [] };
}

/** As the library's `parseAllDocuments`, but for giving up on text that is far from YAML. */
function composeDocuments({ text, counter }: YamlSource): Document.Parsed[] {
  const composer = new Composer({
    // An unknown tag is a fault of ours, not a line on the console.
    logLevel: "error",
    // `<<` isn't in YAML 1.2, but PyYAML's users have it in their files.
    merge: true,
    stringKeys: true,
    // In time that grows with the square of the mapping; the structure's walk does it in one pass.
    uniqueKeys: false,
  });
  function* tokens() {
    let errors = 0;
    for (const token of new Parser(counter.addNewLine).parse(text)) {
      yield token;
      if (token.type === "error") errors += 1;
      if (errors === MOST_SYNTAX_FAULTS) return;
    }
  }
  // A document even where there is none, because errors are told by documents.
  return [...composer.compose(tokens(), true, text.length)] as Document.Parsed[];
}
