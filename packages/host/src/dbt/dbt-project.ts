import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FloeError } from "@floe/core/contracts";
import { displayPath, readYamlDocument } from "../config/yaml-document.ts";

/** What floe needs of `dbt_project.yml`. Paths are relative to its folder. */
export interface DbtProjectFile {
  name: string;
  /** The profile that it names. */
  profile: string | undefined;
  /** Files and folders that make the project: what a change in changes its result. */
  inputs: readonly string[];
  targetPath: string;
  /** The first folder that it has macros in. */
  macroPath: string;
}

const FOLDERS: Readonly<Record<string, string>> = {
  "model-paths": "models",
  "seed-paths": "seeds",
  "test-paths": "tests",
  "analysis-paths": "analyses",
  "macro-paths": "macros",
  "snapshot-paths": "snapshots",
  "docs-paths": "docs",
  "function-paths": "functions",
};

const FILES = [
  "dbt_project.yml",
  "packages.yml",
  "dependencies.yml",
  "package-lock.yml",
  "selectors.yml",
  ".sqlfluff",
];

/**
 * Reads a dbt project's own file.
 *
 * @throws FloeError `DBT.PROJECT_NOT_FOUND`, or what is wrong with the file as YAML.
 */
export function readDbtProject(dir: string, cwd: string): DbtProjectFile {
  const file = join(dir, "dbt_project.yml");
  try {
    readFileSync(file);
  } catch (error) {
    throw new FloeError("DBT.PROJECT_NOT_FOUND", "There is no dbt project here.", {
      why: `Neither ${dir} nor a folder right below it has a dbt_project.yml.`,
      next: ["Put floe.yaml beside dbt_project.yml, or start one: floe init"],
      where: { file: displayPath(file, cwd) },
      cause: error,
    });
  }
  const { document, faults } = readYamlDocument(file, displayPath(file, cwd));
  if (document === undefined) throw faults[0];
  const { value } = document;
  const text = (key: string): string | undefined => {
    const given = value[key];
    return typeof given === "string" && given !== "" ? given : undefined;
  };
  const foldersOf = (key: string): string[] => {
    const given: unknown = value[key];
    return Array.isArray(given) ? given.filter((one) => typeof one === "string") : [FOLDERS[key] ?? ""];
  };
  const folders = Object.keys(FOLDERS).flatMap(foldersOf);
  return {
    name: text("name") ?? "",
    profile: text("profile"),
    inputs: [...new Set([...FILES, ...folders, text("packages-install-path") ?? "dbt_packages"])],
    targetPath: text("target-path") ?? "target",
    macroPath: foldersOf("macro-paths")[0] ?? "macros",
  };
}
