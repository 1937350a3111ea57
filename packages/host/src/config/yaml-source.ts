import type { Place } from "@floe/core/contracts";
import { type Document, isMap, isScalar, isSeq, LineCounter } from "yaml";
import { asterisks, isCredentialKey, maskAddresses, maskMalformedLine } from "./credentials.ts";

/** A longer line says nothing to a reader; its place still does. */
const LONGEST_SHOWN = 1000;

/** The text of a YAML file, which knows its lines and shows none of its credentials. */
export class YamlSource {
  /** The file as the user knows it. */
  readonly file: string;
  readonly text: string;
  /** For the parser to fill in. */
  readonly counter = new LineCounter();
  #documents: readonly Document.Parsed[] = [];
  #malformed = true;
  #lines: readonly string[] | undefined;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  /** Says what was parsed from the text: where values of credentials are. */
  parsedAs(documents: readonly Document.Parsed[], malformed: boolean): void {
    this.#documents = documents;
    this.#malformed = malformed;
  }

  /** The place of characters `start` up to `end`, both from 0. It covers one line at most. */
  placeAt(start: number, end: number, path?: string): Place {
    const { line, col } = this.counter.linePos(start);
    this.#lines ??= this.#withoutCredentials().split(/\r?\n/);
    const shown = this.#lines[line - 1] ?? "";
    // A value of several lines is marked to the end of its first.
    const length = Math.max(1, Math.min(end - start, shown.length - col + 1));
    return {
      file: this.file,
      line: Math.max(1, line),
      column: Math.max(1, col),
      length,
      ...(shown.length > LONGEST_SHOWN ? {} : { source: this.#maskLine(shown) }),
      ...(path === undefined ? {} : { path }),
    };
  }

  #maskLine(line: string): string {
    return this.#malformed ? maskMalformedLine(line) : maskAddresses(line);
  }

  #withoutCredentials(): string {
    let text = "";
    let at = 0;
    const ranges = this.#documents.flatMap((document) => credentialRanges(document.contents));
    for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
      if (end <= at) continue;
      const from = Math.max(at, start);
      text += this.text.slice(at, from) + asterisks(this.text.slice(from, end));
      at = end;
    }
    return text + this.text.slice(at);
  }
}

/** Where the values are that stand under keys of credentials, at any depth. */
function credentialRanges(node: unknown, parent?: string, within = false): [number, number][] {
  if (isSeq(node)) return node.items.flatMap((item) => credentialRanges(item, parent, within));
  if (isMap(node)) {
    return node.items.flatMap(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : "";
      return credentialRanges(value, name, within || isCredentialKey(name, parent));
    });
  }
  return within && isScalar(node) && node.range ? [[node.range[0], node.range[1]]] : [];
}
