import { mappingsOf, type Report, type Unchecked } from "../rule.ts";

/** Reports `dependsOn` entries that name no transform, and circles. */
export function reportDependencies(value: Unchecked, report: Report): void {
  const transforms = mappingsOf(value.transforms);
  const indexOf = new Map(transforms.map(({ item, index }) => [item.name, index]));
  const needs = new Map<number, { target: number; at: number }[]>();

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

  const finished = new Set<number>();
  const nameOf = (index: number): string =>
    String(transforms.find((entry) => entry.index === index)?.item.name);
  const visit = (index: number, trail: readonly number[]): void => {
    if (finished.has(index)) return;
    for (const { target, at } of needs.get(index) ?? []) {
      const way = [...trail, index];
      const start = way.indexOf(target);
      if (start < 0) visit(target, way);
      else {
        const names = [...way.slice(start), target].map(nameOf).join(" -> ");
        report(["transforms", index, "dependsOn", at], "transforms depend on each other in a circle", {
          code: "CONFIG.CYCLE",
          why: names,
          next: ["Remove one of these dependencies."],
        });
      }
    }
    finished.add(index);
  };
  for (const index of needs.keys()) visit(index, []);
}
