import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DbtProject, JsonObject } from "@floe/core";
import { parse } from "yaml";

/** What floe reads of `dbt_project.yml`. */
export interface ProjectSettings {
  profile: string | undefined;
  /** Absolute: where dbt writes its artefacts. */
  targetDir: string;
  /** Folders that hold SQL which people write, relative to the project. */
  sqlFolders: readonly string[];
  macroFolders: readonly string[];
}

/** Reads the project's settings. What can't be read has its default: dbt itself says what is wrong. */
export async function readSettings(projectDir: string): Promise<ProjectSettings> {
  const file = await readYaml(join(projectDir, "dbt_project.yml"));
  const folders = (key: string, name: string): string[] => {
    const value = file[key];
    return Array.isArray(value) ? value.filter((folder) => typeof folder === "string") : [name];
  };
  return {
    profile: typeof file.profile === "string" ? file.profile : undefined,
    targetDir: join(projectDir, typeof file["target-path"] === "string" ? file["target-path"] : "target"),
    sqlFolders: [
      ...folders("model-paths", "models"),
      ...folders("snapshot-paths", "snapshots"),
      ...folders("test-paths", "tests"),
      ...folders("analysis-paths", "analyses"),
    ],
    macroFolders: folders("macro-paths", "macros"),
  };
}

/** The output of the profile that is in use, with its Jinja unrendered; undefined where there is none. */
export async function readProfileOutput(project: DbtProject): Promise<JsonObject | undefined> {
  const profiles = await readYaml(join(project.profilesDir, "profiles.yml"));
  const name = project.profile ?? (await readSettings(project.projectDir)).profile ?? "";
  return mapping(mapping(mapping(profiles[name])?.outputs)?.[project.target]);
}

async function readYaml(file: string): Promise<JsonObject> {
  try {
    return mapping(parse(await readFile(file, "utf8"))) ?? {};
  } catch {
    return {};
  }
}

/** The value where it is a mapping. */
export function mapping(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}
