/** A value within a document, linked to what it stands in, so that its path costs nothing until asked for. */
export interface Entry {
  /** Name of the key, or index in a list. */
  key: string | number;
  value: unknown;
  parent: Entry | undefined;
  /** 1 for what stands directly in the document. */
  depth: number;
}

/**
 * Everything within mappings and lists, in the document's order. What an alias repeats comes once, and no
 * depth of nesting exhausts the stack: documents come from outside.
 *
 * @param enter Whether to go on within an entry; yes where left out.
 */
export function* entriesWithin(document: unknown, enter: (entry: Entry) => boolean = () => true) {
  const seen = new WeakSet<object>();
  const inner = (value: unknown, parent: Entry | undefined): Entry[] => {
    if (typeof value !== "object" || value === null || seen.has(value)) return [];
    seen.add(value);
    const depth = (parent?.depth ?? 0) + 1;
    const keyed: [string | number, unknown][] = Array.isArray(value)
      ? value.map((item: unknown, index) => [index, item])
      : Object.entries(value);
    return keyed.map(([key, item]) => ({ key, value: item, parent, depth })).reverse();
  };
  const ahead = inner(document, undefined);
  for (let entry = ahead.pop(); entry !== undefined; entry = ahead.pop()) {
    yield entry;
    if (!enter(entry)) continue;
    for (const next of inner(entry.value, entry)) ahead.push(next);
  }
}

/** Where an entry stands, from the document down. */
export function pathOf(entry: Entry): (string | number)[] {
  const path = [entry.key];
  for (let { parent } = entry; parent !== undefined; parent = parent.parent) path.push(parent.key);
  return path.reverse();
}
