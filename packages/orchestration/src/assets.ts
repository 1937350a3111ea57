import { type AssetDescription, FloeError, type TransformConfig } from "@floe/core";

/**
 * The rule of `OrchestratorPlugin.createAssetsFromTransforms`: what a transform needs comes before it; else
 * the order is the given one.
 *
 * @throws FloeError `CONFIG.CYCLE`, `CONFIG.REFERENCE`.
 */
export function describeAssets(transforms: readonly TransformConfig[]): AssetDescription[] {
  const byName = new Map(transforms.map((transform) => [transform.name, transform]));
  const done = new Map<string, AssetDescription>();
  const open = new Set<string>();
  for (const { name } of transforms) {
    // Not recursive: chains of models may be thousands long.
    const trail = [name];
    for (let current = trail.at(-1); current !== undefined; current = trail.at(-1)) {
      const transform = byName.get(current);
      if (transform === undefined) throw missing(current, trail.at(-2));
      const { dependsOn = [] } = transform;
      const ahead = dependsOn.find((one) => !done.has(one));
      if (done.has(current) || ahead === undefined) {
        if (!done.has(current)) done.set(current, describe(transform));
        open.delete(current);
        trail.pop();
        continue;
      }
      open.add(current);
      if (open.has(ahead)) throw circle([...trail.slice(trail.indexOf(ahead)), ahead]);
      trail.push(ahead);
    }
  }
  return [...done.values()];
}

function describe({ name, dependsOn = [], tags = [], tier, compute }: TransformConfig): AssetDescription {
  return {
    key: name,
    dependsOn: [...dependsOn],
    tags: [...tags],
    ...(tier === undefined ? {} : { group: tier }),
    ...(compute === undefined ? {} : { compute }),
  };
}

function missing(name: string, needing: string | undefined): FloeError {
  return new FloeError("CONFIG.REFERENCE", `${needing} depends on ${name}, which isn't a transform.`, {
    next: [`Declare ${name}, or take it out of dependsOn of ${needing}.`],
  });
}

function circle(names: readonly string[]): FloeError {
  return new FloeError(
    "CONFIG.CYCLE",
    `Transforms depend on each other in a circle: ${names.join(" -> ")}.`,
    {
      next: ["Take one of these dependencies away."],
    },
  );
}
