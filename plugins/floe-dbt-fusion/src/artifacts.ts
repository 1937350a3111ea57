import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type DbtManifest, type DbtNodeResult, type DbtRunResults, FloeError } from "@floe/core";
import { foundRows } from "./log.ts";
import { readSettings } from "./project-files.ts";

/**
 * One of dbt's artefacts.
 *
 * @throws FloeError `DBT.ARTIFACT_MISSING`.
 */
export async function readArtifact<T>(projectDir: string, name: string): Promise<T> {
  const file = join((await readSettings(projectDir)).targetDir, name);
  try {
    return JSON.parse(await readFile(file, "utf8")) as T;
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
export async function forgetResults(targetDir: string): Promise<void> {
  await rm(join(targetDir, "run_results.json"), { force: true });
}

/**
 * Brings `run_results.json` into the form that dbt-core 1 gives it, and writes it, empty where a command
 * selected nothing and wrote none.
 *
 * @param failed What the engine complained of, by node: it tells a test that couldn't be run as one that
 * found a row.
 */
export async function completeResults(
  projectDir: string,
  failed: ReadonlyMap<string, string>,
): Promise<DbtRunResults> {
  const { targetDir } = await readSettings(projectDir);
  const file = join(targetDir, "run_results.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  const given: DbtRunResults =
    text === undefined ? { metadata: {}, results: [], elapsed_time: 0 } : JSON.parse(text);
  const { nodes } =
    given.results.length === 0
      ? { nodes: {} }
      : await readArtifact<Pick<DbtManifest, "nodes">>(projectDir, "manifest.json");
  const results = given.results.map((result) =>
    completeResult(result, nodes[result.unique_id]?.compiled_code, failed.get(result.unique_id)),
  );
  const complete = { ...given, results };
  await writeFile(`${file}.tmp`, JSON.stringify(complete));
  await rename(`${file}.tmp`, file);
  return complete;
}

/** One result as dbt-core 1 has it. */
export function completeResult(
  result: DbtNodeResult,
  compiledCode: string | null | undefined,
  complaint: string | undefined,
): DbtNodeResult {
  const { unique_id: id, status, failures = null } = result;
  const common = { ...result, failures, compiled_code: compiledCode ?? null, compiled: compiledCode != null };
  if (!/^(unit_)?test\./.test(id)) return common;
  if (complaint !== undefined) return { ...common, status: "error", message: complaint, failures: null };
  // Of a unit test that found a difference it says here that it couldn't be run.
  if (id.startsWith("unit_test.") && status === "error") {
    return { ...common, status: "fail", message: "The rows aren't those that are expected." };
  }
  return { ...common, message: status === "fail" || status === "warn" ? foundRows(failures ?? 0) : null };
}
