import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FloeError, type JsonObject } from "@floe/core";

const EMPTY_RESULTS = { metadata: {}, results: [], elapsed_time: 0 };

/** The folder that dbt writes its artefacts to: `target-path` of `dbt_project.yml`, which few projects set. */
export async function targetDir(projectDir: string): Promise<string> {
  const text = await readFile(join(projectDir, "dbt_project.yml"), "utf8").catch(() => "");
  const named = /^target-path:\s*["']?([^"'#\n]+?)["']?\s*(?:#.*)?$/m.exec(text)?.[1];
  return join(projectDir, named ?? "target");
}

/**
 * One of dbt's artefacts.
 *
 * @throws FloeError `DBT.ARTIFACT_MISSING`.
 */
export async function readArtifact(projectDir: string, name: string): Promise<JsonObject> {
  const file = join(await targetDir(projectDir), name);
  try {
    return JSON.parse(await readFile(file, "utf8")) as JsonObject;
  } catch (error) {
    throw new FloeError("DBT.ARTIFACT_MISSING", `dbt's ${name} isn't there.`, {
      why: (error as Error).message,
      next: ["floe compile"],
      where: { file },
      cause: error,
    });
  }
}

/** Removes the results of the last command, so that nobody takes them for those of the next. */
export async function forgetResults(target: string): Promise<void> {
  await rm(join(target, "run_results.json"), { force: true });
}

/** A command that selected nothing writes no results; that nothing was run is a result as well. */
export async function ensureResults(target: string): Promise<string> {
  const file = join(target, "run_results.json");
  await writeFile(file, JSON.stringify(EMPTY_RESULTS), { flag: "wx" }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  });
  return file;
}
