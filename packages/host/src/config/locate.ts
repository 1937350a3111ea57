import type { Place } from "@floe/core";
import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import type { YamlDocument } from "./yaml-document.ts";
import { isMergeKey } from "./yaml-structure.ts";

type Path = readonly PropertyKey[];

/** `transforms[2].tier` */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}

/**
 * Where a path stands in a document: its key, or its value. What isn't there (a missing key) is placed at
 * the nearest mapping or list that is. What an alias or merge key brings is placed where it is written.
 */
export function locate(document: YamlDocument, path: Path, part: "key" | "value" = "value"): Place {
  let node: Node | null = document.root.contents;
  let found = rangeOf(node) ?? [0, 1];
  // The document as a whole is best shown by its first key.
  if (isMap(node)) found = rangeOf(node.items[0]?.key) ?? found;

  for (const [index, key] of path.entries()) {
    const last = index === path.length - 1;
    if (isMap(node)) {
      const pair = findPair(node, String(key));
      if (pair === undefined) break;
      node = pair.value as Node | null;
      const keyRange = rangeOf(pair.key);
      const shown = last && part === "value" ? (scalarRange(node) ?? keyRange) : keyRange;
      found = shown ?? found;
    } else if (isSeq(node) && typeof key === "number" && key < node.items.length) {
      node = node.items[key] as Node | null;
      found = scalarRange(node) ?? firstKeyRange(node) ?? rangeOf(node) ?? found;
    } else break;
  }
  return document.placeAt(found[0], found[1], formatPath(path));
}

/** A scalar as it is written, without its quotes: `1.10` where the value is 1.1. */
export function textAt(document: YamlDocument, path: Path): string | undefined {
  let node: unknown = document.root.contents;
  for (const key of path) {
    if (isMap(node)) node = findPair(node, String(key))?.value;
    else if (isSeq(node) && typeof key === "number") node = node.items[key];
    else return undefined;
  }
  return isScalar(node) ? node.source : undefined;
}

function findPair(map: YAMLMap, key: string): Pair | undefined {
  const own = map.items.find(
    (pair) => isScalar(pair.key) && String(pair.key.value) === key && !isMergeKey(pair.key),
  );
  if (own !== undefined) return own;
  for (const { key: mergeKey, value } of map.items) {
    if (!isMergeKey(mergeKey)) continue;
    for (const merged of isSeq(value) ? value.items : [value]) {
      const pair = isMap(merged) ? findPair(merged, key) : undefined;
      if (pair !== undefined) return pair;
    }
  }
  return undefined;
}

function rangeOf(node: unknown): [number, number] | undefined {
  const range = (node as { range?: [number, number, number] | null } | null | undefined)?.range;
  return range ? [range[0], range[1]] : undefined;
}

/**
 * Only scalars are marked as a whole; a mapping's or list's extent would fill the screen. A value that
 * isn't written has no extent at all.
 */
function scalarRange(node: unknown): [number, number] | undefined {
  const range = isScalar(node) ? rangeOf(node) : undefined;
  return range !== undefined && range[1] > range[0] ? range : undefined;
}

function firstKeyRange(node: unknown): [number, number] | undefined {
  return isMap(node) ? rangeOf(node.items[0]?.key) : undefined;
}
