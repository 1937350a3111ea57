import { FloeError } from "@floe/core/contracts";
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Scalar,
  type YAMLMap,
} from "yaml";
import { tooLarge } from "./yaml-faults.ts";
import type { YamlSource } from "./yaml-source.ts";

/** Values in a document, counting those of an alias each time it stands. */
const MOST_VALUES = 200_000;
const DEEPEST = 100;
const TAGS = new Set(["!", ...["str", "int", "float", "bool", "null", "map", "seq"].map(standardTag)]);

/** Ends the walk: what follows is the same mistake over and over. */
class TooLarge extends Error {}

/**
 * Puts in place of each alias what it stands for, and reports what a parser lets pass: keys that stand
 * twice, aliases of nothing or of themselves, tags, merges of what isn't a mapping, a document that grows
 * out of all proportion.
 *
 * One walk, because the parser's own checks of keys and aliases take time that grows with the square of
 * the document.
 */
export function settleStructure(document: Document.Parsed, source: YamlSource): FloeError[] {
  const walk = new StructureWalk(source);
  try {
    document.contents = walk.visit(document.contents, 0) as typeof document.contents;
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return [tooLarge(source.file, error.message)];
  }
  return walk.faults;
}

class StructureWalk {
  readonly faults: FloeError[] = [];
  readonly #source: YamlSource;
  readonly #anchors = new Map<string, { node: Node; values: number; depth: number }>();
  readonly #open = new Set<string>();
  #values = 0;
  #deepest = 0;

  constructor(source: YamlSource) {
    this.#source = source;
  }

  /** What stands in the node's place. */
  visit(node: unknown, depth: number): unknown {
    if (depth > DEEPEST) throw new TooLarge(`It is nested deeper than ${DEEPEST} levels.`);
    this.#deepest = Math.max(this.#deepest, depth);
    if (isAlias(node)) return this.#resolve(node, depth);
    this.#count(1);
    const { anchor, tag } = (node ?? {}) as { anchor?: string; tag?: string };
    if (tag !== undefined && !TAGS.has(tag)) this.#refuseTag(node as Node, tag);

    const [values, deepest] = [this.#values, this.#deepest];
    if (anchor !== undefined) {
      this.#open.add(anchor);
      this.#deepest = depth;
    }
    if (isSeq(node)) node.items = node.items.map((item) => this.visit(item, depth + 1));
    if (isMap(node)) this.#visitMap(node, depth);
    if (anchor !== undefined) {
      this.#open.delete(anchor);
      const own = { values: this.#values - values + 1, depth: this.#deepest - depth };
      this.#anchors.set(anchor, { node: node as Node, ...own });
      this.#deepest = Math.max(this.#deepest, deepest);
    }
    return node;
  }

  #resolve(alias: Alias, depth: number): unknown {
    const name = alias.source;
    const target = this.#anchors.get(name);
    if (this.#open.has(name)) {
      this.#report(alias, `The alias *${name} stands within what it refers to.`, {
        next: ["Remove it: a value can't contain itself."],
      });
    } else if (target === undefined) {
      this.#report(alias, `The alias *${name} refers to nothing.`, {
        why: `No value before it is marked &${name}.`,
        next: ["Correct the name, or put the text into quotes if no alias is meant."],
      });
    } else {
      this.#count(target.values);
      this.#deepest = Math.max(this.#deepest, depth + target.depth);
      if (this.#deepest > DEEPEST) throw new TooLarge(`It is nested deeper than ${DEEPEST} levels.`);
      return target.node;
    }
    return new Scalar(null);
  }

  #visitMap(map: YAMLMap, depth: number): void {
    const first = new Map<string, Pair>();
    for (const pair of map.items) {
      this.#visitKey(pair.key, depth);
      pair.value = this.visit(pair.value, depth + 1);
      if (isMergeKey(pair.key)) {
        this.#checkMerge(pair);
        continue;
      }
      const name = isScalar(pair.key) ? String(pair.key.value) : undefined;
      const earlier = name === undefined ? undefined : first.get(name);
      if (name === undefined) continue;
      if (earlier === undefined) first.set(name, pair);
      else this.#refuseRepeated(name, earlier.key as Node, pair.key as Node);
    }
  }

  /** The parser has already refused keys that aren't text. */
  #visitKey(key: unknown, depth: number): void {
    if (isScalar(key)) this.visit(key, depth);
  }

  #checkMerge({ key, value }: Pair): void {
    const sources = isSeq(value) ? value.items : [value];
    if (sources.every(isMap)) return;
    this.#report(key as Node, "Only a mapping can be merged by <<.", {
      next: ["Name a mapping behind <<, as *alias, or a list of such."],
    });
  }

  #refuseRepeated(name: string, earlier: Node, key: Node): void {
    const [start] = earlier.range ?? [0];
    const { line } = this.#source.placeAt(start, start);
    const [from, to] = key.range ?? [0, 1];
    this.faults.push(
      new FloeError("CONFIG.DUPLICATE_KEY", `The key "${name}" stands twice.`, {
        why: `It stands first in line ${line}, and only one of the two could count.`,
        next: ["Remove one, or merge the two."],
        where: this.#source.placeAt(from, to),
      }),
    );
  }

  #refuseTag(node: Node, tag: string): void {
    const shown = tag.replace(standardTag(""), "!!");
    this.#report(node, `The tag ${shown} has no meaning here.`, {
      next: [`Remove ${shown}, or put the text into quotes if no tag is meant.`],
    });
  }

  #report(node: Node, summary: string, more: { why?: string; next: string[] }): void {
    const [start, end] = node.range ?? [0, 1];
    const where = this.#source.placeAt(start, end);
    this.faults.push(new FloeError("CONFIG.SYNTAX", summary, { ...more, where }));
  }

  #count(values: number): void {
    this.#values += values;
    if (this.#values <= MOST_VALUES) return;
    throw new TooLarge(`With its aliases written out, it has over ${MOST_VALUES} values.`);
  }
}

/** Only the plain `<<` merges; in quotes it is a key like any other. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === "<<" && key.type === Scalar.PLAIN;
}

function standardTag(name: string): string {
  return `tag:yaml.org,2002:${name}`;
}
