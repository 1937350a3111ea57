import type { Place } from "@floe/core";
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import type { YamlDocument } from "./yaml-document.ts";

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
 * the nearest mapping or list that is. Aliases and merge keys lead to where the text really stands.
 */
export function locate(document: YamlDocument, path: Path, part: "key" | "value" = "value"): Place {
  let node: Node | null = document.root.contents;
  let found = rangeOf(node) ?? [0, 1];
  // The document as a whole is best shown by its first key.
  if (isMap(node)) found = rangeOf(node.items[0]?.key) ?? found;

  for (const [index, key] of path.entries()) {
    const target: Node | null | undefined = isAlias(node) ? node.resolve(document.root) : node;
    const last = index === path.length - 1;
    if (isMap(target)) {
      const pair = findPair(document, target, String(key));
      if (pair === undefined) break;
      node = pair.value as Node | null;
      const keyRange = rangeOf(pair.key);
      const shown = last && part === "value" ? (scalarRange(node) ?? keyRange) : keyRange;
      found = shown ?? found;
    } else if (isSeq(target) && typeof key === "number" && key < target.items.length) {
      node = target.items[key] as Node | null;
      found = scalarRange(node) ?? firstKeyRange(node) ?? rangeOf(node) ?? found;
    } else break;
  }
  return document.placeAt(found[0], found[1], formatPath(path));
}

function findPair(document: YamlDocument, map: YAMLMap, key: string): Pair | undefined {
  const own = map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
  if (own !== undefined) return own;
  for (const { key: mergeKey, value } of map.items) {
    if (!isScalar(mergeKey) || mergeKey.value !== "<<") continue;
    for (const source of isSeq(value) ? value.items : [value]) {
      const merged = isAlias(source) ? source.resolve(document.root) : source;
      const pair = isMap(merged) ? findPair(document, merged, key) : undefined;
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
  const range = isScalar(node) || isAlias(node) ? rangeOf(node) : undefined;
  return range !== undefined && range[1] > range[0] ? range : undefined;
}

function firstKeyRange(node: unknown): [number, number] | undefined {
  return isMap(node) ? rangeOf(node.items[0]?.key) : undefined;
}
