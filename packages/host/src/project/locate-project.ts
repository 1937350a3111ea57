import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { FloeError } from "@floe/core/contracts";
import { ancestors } from "../discovery/layout.ts";

/** The files that make a project. */
export interface ProjectLocation {
  /** The folder of `floe.yaml`, or of `manifest.yaml` where there is no product. */
  projectDir: string;
  floeFile: string | undefined;
  /** Only where there is no product, or it was named: a product finds its manifest itself. */
  manifestFile: string | undefined;
}

/**
 * The nearest `floe.yaml` at or above a folder; without one, the nearest `manifest.yaml`.
 *
 * @throws FloeError `PROJECT.NOT_FOUND`.
 */
export function locateProject(
  cwd: string,
  named: { product?: string; manifest?: string } = {},
): ProjectLocation {
  const nearest = (name: string): string | undefined =>
    [...ancestors(cwd)].map((dir) => join(dir, name)).find(existsSync);
  const manifestFile = named.manifest === undefined ? undefined : resolve(cwd, named.manifest);
  const floeFile = named.product === undefined ? nearest("floe.yaml") : resolve(cwd, named.product);
  if (floeFile !== undefined) return { projectDir: dirname(floeFile), floeFile, manifestFile };
  const alone = manifestFile ?? nearest("manifest.yaml");
  if (alone !== undefined) return { projectDir: dirname(alone), floeFile, manifestFile: alone };
  throw new FloeError("PROJECT.NOT_FOUND", "There is no floe project here.", {
    why: `Neither ${cwd} nor a folder above it has a floe.yaml or manifest.yaml.`,
    next: ["floe init"],
  });
}
