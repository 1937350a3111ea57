import { join, relative } from "node:path";
import {
  type ComputeConfig,
  type ComputePlugin,
  type DbtPlugin,
  type DbtProject,
  FloeError,
  type FloeSpec,
  type Manifest,
} from "@floe/core";
import { createProfiles, type DbtProfiles, renderProfiles } from "../compile/profiles.ts";
import { type MacroFiles, writeDbtMacros } from "../dbt/dbt-macros.ts";
import { type DbtProjectFile, readDbtProject } from "../dbt/dbt-project.ts";
import type { PluginSet } from "../lifecycle/plugin-set.ts";
import { writeFileWhole } from "../process/write-file.ts";
import type { Project } from "./project.ts";

/** A valid product with its plugins: what compile, run, test and lint work on. */
export interface Product {
  project: Project;
  spec: FloeSpec;
  manifest: Manifest;
  plugins: PluginSet;
  compute: ComputePlugin;
  computeConfig: ComputeConfig;
  dbt: DbtPlugin;
  dbtFile: DbtProjectFile;
  profiles: DbtProfiles;
  /** The compute engine's macros in the dbt project. */
  macros: MacroFiles;
  /** As dbt plugins take it. Its profile is floe's own file below `.floe`, whatever the user has beside it. */
  dbtProject: DbtProject;
}

/** A product's faults, all of them; thrown where a command can't go on. */
export class InvalidProduct extends Error {
  readonly faults: readonly FloeError[];

  constructor(faults: readonly FloeError[]) {
    super(faults[0]?.summary ?? "The product isn't valid.");
    this.faults = faults;
  }
}

/**
 * Checks a project and gives what is needed to work with its product.
 *
 * @param options `dryRun`: write nothing into the product's folder; its macros stay as the last compile left them.
 * @throws InvalidProduct with everything that is wrong; FloeError `DBT.PROJECT_NOT_FOUND`, `SECRET.*`,
 * `PROJECT.EXISTS`, and what keeps the compute engine from being prepared.
 */
export async function openProduct(
  project: Project,
  { dryRun = false }: { dryRun?: boolean } = {},
): Promise<Product> {
  const faults = await project.validate();
  if (faults.some(({ severity }) => severity === "error")) throw new InvalidProduct(faults);
  const { product: spec, manifest } = project.configuration;
  if (spec === undefined || manifest === undefined) {
    throw new FloeError("PROJECT.NOT_FOUND", "There is no product here, only a platform.", {
      why: "A product has a floe.yaml; this folder and those above have a manifest.yaml only.",
      next: ["Change into the product's folder, or name its file: --product <file>"],
    });
  }
  const plugins = await project.plugins();
  const compute = plugins.get("compute") ?? project.missingPlugin("compute", "duckdb");
  const dbt = plugins.get("dbt") ?? project.missingPlugin("dbt", "local");
  const { projectDir, dbtProjectDir, stateDir } = project.paths;
  const dbtFile = readDbtProject(dbtProjectDir, project.cwd);
  const computeConfig = project.computeConfig(plugins);
  const profiles = createProfiles(compute, computeConfig, dbtFile.profile);
  await compute.prepare?.(computeConfig);
  const wanted = dryRun ? undefined : ((await compute.getDbtMacros?.(computeConfig)) ?? {});
  const macros =
    wanted === undefined
      ? { files: [], written: [] }
      : writeDbtMacros(dbtFile, dbtProjectDir, wanted, project.cwd);
  const profilesDir = join(stateDir, "dbt");
  writeFileWhole(join(profilesDir, "profiles.yml"), renderProfiles(profiles));
  return {
    project,
    spec,
    manifest,
    plugins,
    compute,
    computeConfig,
    dbt,
    dbtFile,
    profiles,
    macros,
    dbtProject: {
      projectDir: dbtProjectDir,
      profilesDir,
      profile: spec.metadata.name,
      target: project.environment,
      workingDir: projectDir,
      adapterPackages: compute.getRequiredDbtPackages(),
      env: await project.namedSecrets(),
    },
  };
}

/** A path within the product as generated files name it: relative to its folder, with slashes. */
export function portablePath(product: Product, path: string): string {
  return relative(product.project.paths.projectDir, path).split("\\").join("/") || ".";
}
