import { mappingsOf, type Report, type Unchecked } from "../rule.ts";

interface Edge {
  target: number;
  /** Its index in `dependsOn`. */
  at: number;
}

/** Reports `dependsOn` entries that name no transform, and circles. */
export function reportDependencies(value: Unchecked, report: Report): void {
  const transforms = mappingsOf(value.transforms);
  const indexOf = new Map(transforms.map(({ item, index }) => [item.name, index]));
  const nameOf = new Map(
    transforms.map(({ item, index }) => [
      index,
      typeof item.name === "string" ? item.name : `transforms[${index}]`,
    ]),
  );
  const needs = new Map<number, Edge[]>();

  for (const { item, index } of transforms) {
    const names: unknown[] = Array.isArray(item.dependsOn) ? item.dependsOn : [];
    const edges = names.flatMap((name, at) => {
      const target = indexOf.get(name);
      if (target !== undefined) return [{ target, at }];
      if (typeof name === "string") {
        report(["transforms", index, "dependsOn", at], `there is no transform "${name}"`, {
          code: "CONFIG.REFERENCE",
          next: [`Declare "${name}" below transforms, or remove it here: dbt's own refs need no entry.`],
        });
      }
      return [];
    });
    needs.set(index, edges);
  }

  for (const { way, at } of circles(needs)) {
    const [last = 0] = way.slice(-1);
    report(["transforms", last, "dependsOn", at], "transforms depend on each other in a circle", {
      code: "CONFIG.CYCLE",
      why: [...way, ...way.slice(0, 1)].map((index) => nameOf.get(index)).join(" -> "),
      next: ["Remove one of these dependencies."],
    });
  }
}

/**
 * The circles among edges, each as the way round it and the edge that closes it. Walks without recursion:
 * a chain may be thousands long.
 */
function* circles(edges: ReadonlyMap<number, readonly Edge[]>): Generator<{ way: number[]; at: number }> {
  const finished = new Set<number>();
  for (const start of edges.keys()) {
    if (finished.has(start)) continue;
    const trail = [{ node: start, next: 0 }];
    const position = new Map([[start, 0]]);
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const edge = edges.get(top.node)?.[top.next];
      top.next += 1;
      if (edge === undefined) {
        finished.add(top.node);
        position.delete(top.node);
        trail.pop();
        continue;
      }
      const from = position.get(edge.target);
      if (from !== undefined) yield { way: trail.slice(from).map(({ node }) => node), at: edge.at };
      else if (!finished.has(edge.target)) {
        position.set(edge.target, trail.length);
        trail.push({ node: edge.target, next: 0 });
      }
    }
  }
}
