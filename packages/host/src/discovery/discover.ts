import { realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { FloeError, isFloeError } from "@floe/core/contracts";
import type { Discovery, FoundPlugin, SkippedPlugin } from "./found-plugin.ts";
import { ancestors, findInstalled, refusePlugAndPlay } from "./layout.ts";
import { type PackageJson, parsePackageJson, readIfThere } from "./package-json.ts";
import { readPackagePlugins } from "./package-plugins.ts";

export interface DiscoverOptions {
  /** Where to start: the product's folder. */
  projectDir: string;
  /** Folders of plugin packages under development, absolute. They come first. */
  paths?: readonly string[];
}

/**
 * Finds the plugins of a project by reading package.json files, importing nothing.
 *
 * In order, and a plugin found earlier hides a later one of the same kind and name: the given paths; then
 * for each package.json from the project's folder upwards the paths in its `floe.plugins` and its direct
 * dependencies of every sort. Two packages of the same rank that claim the same kind and name both stay in
 * the result: choosing silently would be wrong, and the registry refuses to load either.
 *
 * A package that is left out is in `skipped`, with the reason.
 *
 * @throws FloeError `PROJECT.PNP_UNSUPPORTED`; `CONFIG.SYNTAX` for a project's package.json that can't be
 * parsed, since no plugin could be told from a missing one.
 */
export function discoverPlugins({ projectDir, paths = [] }: DiscoverOptions): Discovery {
  refusePlugAndPlay(projectDir);
  const plugins: FoundPlugin[] = [];
  const skipped: SkippedPlugin[] = [];
  const seen = new Set<string>();

  for (const rank of ranks(projectDir, paths)) {
    const ofRank: FoundPlugin[] = [];
    for (const candidate of rank) {
      const found = inspect(candidate);
      if (found === undefined || seen.has(found.packageDir)) continue;
      seen.add(found.packageDir);
      for (const error of found.errors) {
        skipped.push({ package: found.package, packageDir: found.packageDir, error });
      }
      for (const plugin of found.plugins) {
        const hiding = plugins.find((other) => other.kind === plugin.kind && other.name === plugin.name);
        if (hiding === undefined) ofRank.push(plugin);
        else if (hiding.package !== plugin.package) skipped.push(hidden(plugin, hiding));
      }
    }
    plugins.push(...ofRank);
  }
  return { plugins, skipped };
}

interface Candidate {
  dir: string;
  /** The dependency's name where it isn't installed: `dir` is then where it was looked for from. */
  missing?: string;
  source: FoundPlugin["source"];
  declaredIn: string;
}

function* ranks(projectDir: string, paths: readonly string[]): Generator<Candidate[]> {
  yield paths.map((dir) => ({ dir, source: "path", declaredIn: join(projectDir, "package.json") }));
  for (const dir of ancestors(projectDir)) {
    const file = join(dir, "package.json");
    const text = readIfThere(file);
    if (text === undefined) continue;
    const packageJson = parsePackageJson(text, file);
    yield explicitPaths(packageJson, file).map((path) => ({
      dir: resolve(dir, path),
      source: "path",
      declaredIn: file,
    }));
    yield dependencyNames(packageJson).flatMap((name): Candidate[] => {
      const installed = findInstalled(name, dir);
      if (installed !== undefined) return [{ dir: installed, source: "dependency", declaredIn: file }];
      const looksLikePlugin =
        /^(@[^/]+\/)?floe-/.test(name) && !(name in (packageJson.optionalDependencies ?? {}));
      return looksLikePlugin ? [{ dir, missing: name, source: "dependency", declaredIn: file }] : [];
    });
  }
}

function explicitPaths(packageJson: PackageJson, file: string): string[] {
  const field = packageJson.floe;
  if (typeof field !== "object" || field === null || !("plugins" in field)) return [];
  const { plugins } = field;
  if (Array.isArray(plugins) && plugins.every((path) => typeof path === "string")) return plugins;
  throw new FloeError("CONFIG.INVALID_VALUE", "`floe.plugins` must be a list of folders.", {
    next: ['Write it as "floe": { "plugins": ["./my-plugin"] }.'],
    where: { file, path: "floe.plugins" },
  });
}

function dependencyNames(packageJson: PackageJson): string[] {
  const { dependencies, devDependencies, optionalDependencies } = packageJson;
  return [...new Set(Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }))];
}

interface Inspected {
  package: string;
  packageDir: string;
  plugins: FoundPlugin[];
  errors: FloeError[];
}

function inspect({ dir, missing, source, declaredIn }: Candidate): Inspected | undefined {
  if (missing !== undefined) {
    const error = new FloeError("PLUGIN.NOT_INSTALLED", `${missing} is a dependency but isn't installed.`, {
      next: ["npm install"],
      where: { file: declaredIn, path: `dependencies.${missing}` },
    });
    return { package: missing, packageDir: join(dir, "node_modules", missing), plugins: [], errors: [error] };
  }
  const file = join(dir, "package.json");
  const text = readIfThere(file);
  if (text === undefined) {
    const error = new FloeError("PLUGIN.NOT_INSTALLED", `There is no plugin package at ${dir}.`, {
      why: "The folder has no package.json.",
      next: ["Correct the path, or remove it from `floe.plugins`."],
      where: { file: declaredIn, path: "floe.plugins" },
    });
    return { package: dir, packageDir: dir, plugins: [], errors: [error] };
  }
  // Most dependencies are no plugins: looking for the word first spares parsing hundreds of files.
  if (source === "dependency" && !text.includes('"floe"')) return undefined;
  const packageDir = realpathSync(dir);
  try {
    const packageJson = parsePackageJson(text, file);
    if (packageJson.floe === undefined && source === "dependency") return undefined;
    const found = readPackagePlugins(packageJson, packageDir, { source, declaredIn });
    return { package: packageJson.name ?? dir, packageDir, ...found };
  } catch (error) {
    if (!isFloeError(error)) throw error;
    return { package: dir, packageDir, plugins: [], errors: [error] };
  }
}

function hidden(plugin: FoundPlugin, by: FoundPlugin): SkippedPlugin {
  return {
    package: plugin.package,
    packageDir: plugin.packageDir,
    error: new FloeError(
      "PLUGIN.DUPLICATE",
      `The ${plugin.kind} plugin ${plugin.name} of ${plugin.package} is hidden by ${by.package}.`,
      {
        severity: "warning",
        why:
          by.source === "path"
            ? `A path in ${by.declaredIn} comes before dependencies.`
            : `${by.declaredIn} is nearer to the project than ${plugin.declaredIn}.`,
        next: [`Remove ${plugin.package} from ${plugin.declaredIn} if it isn't meant.`],
      },
    ),
  };
}
