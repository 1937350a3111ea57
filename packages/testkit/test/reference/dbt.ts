import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type DbtProject,
  type DbtRunResult,
  definePlugin,
  FloeError,
  type JsonObject,
  type PluginImplementation,
} from "@floe/core";
import { z } from "zod";

export type Dbt = PluginImplementation<"dbt">;

/** What stands in the one file of a sample project: its models, each fine, failing, or not to be compiled. */
export type SampleProject = Readonly<Record<string, "fine" | "fails" | "broken">>;

/** Writes a sample project, with one test for each model. */
export function writeProject(dir: string, models: SampleProject): DbtProject {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "models.json"), JSON.stringify(models));
  return { projectDir: dir, profilesDir: dir, target: "dev" };
}

/** A model and its one test. */
const idsOf = (name: string): string[] => [`model.sample.${name}`, `test.sample.${name}`];

function createDbt(): Dbt {
  const modelsOf = ({ projectDir }: DbtProject) =>
    JSON.parse(readFileSync(join(projectDir, "models.json"), "utf8")) as SampleProject;
  const artifact = (projectDir: string, name: string): JsonObject => {
    const file = join(projectDir, "target", name);
    if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
    throw new FloeError("DBT.ARTIFACT_MISSING", `No ${name}.`, { next: ["Run dbt first."] });
  };
  const compileProject = async (project: DbtProject): Promise<string> => {
    const models = modelsOf(project);
    if (Object.values(models).includes("broken")) {
      const where = { file: "models/a.sql", line: 3 };
      throw new FloeError("DBT.COMPILATION_FAILED", "It can't be compiled.", { where, next: ["Mend it."] });
    }
    const target = join(project.projectDir, "target");
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, "manifest.json"), JSON.stringify({ nodes: models }));
    writeFileSync(join(target, "run_results.json"), JSON.stringify({ results: [] }));
    return join(target, "manifest.json");
  };
  const result = async (
    project: DbtProject,
    chosen: string[],
    counts: "modelsRun" | "testsRun",
  ): Promise<DbtRunResult> => {
    const manifestPath = await compileProject(project);
    const failures =
      counts === "modelsRun" ? chosen.filter((name) => modelsOf(project)[name] === "fails").length : 0;
    return {
      success: failures === 0,
      manifestPath,
      runResultsPath: join(project.projectDir, "target", "run_results.json"),
      catalogPath: null,
      executionTimeSeconds: 0,
      modelsRun: 0,
      testsRun: 0,
      failures,
      metadata: {},
      [counts]: chosen.length,
    };
  };
  return {
    compileProject,
    runModels: (project, { select, exclude } = {}) => {
      const names = Object.keys(modelsOf(project));
      return result(
        project,
        names.filter((name) => (select === undefined || name === select) && name !== exclude),
        "modelsRun",
      );
    },
    testModels: (project) => result(project, Object.keys(modelsOf(project)), "testsRun"),
    async buildModels(project, { onNode } = {}) {
      const names = Object.keys(modelsOf(project));
      for (const uniqueId of names.flatMap(idsOf)) onNode?.({ uniqueId, status: "success" });
      return { ...(await result(project, names, "modelsRun")), testsRun: names.length };
    },
    listNodes: async (project, { select, indirectSelection } = {}) =>
      Object.keys(modelsOf(project))
        .filter((name) => select === undefined || name === select)
        .flatMap(idsOf)
        .filter((id) => indirectSelection !== "empty" || id.startsWith("model.")),
    lintProject: async () => {
      const issue = {
        file: "models/a.sql",
        line: 1,
        column: 1,
        rule: "LT01",
        message: "Spaces.",
        severity: "warning",
        fixable: true,
      } as const;
      return { success: false, issues: [issue], filesChecked: 1, fixed: 0 };
    },
    getManifest: async (projectDir) => artifact(projectDir, "manifest.json"),
    getRunResults: async (projectDir) => artifact(projectDir, "run_results.json"),
    supportsParallelExecution: () => false,
    supportsSqlLinting: () => true,
    getRuntimeMetadata: async () => ({ dbt_version: "1.12.6" }),
  };
}

/** The reference with parts of it replaced. */
export const dbtWith = (change: (base: Dbt) => Partial<Dbt>) =>
  definePlugin({
    kind: "dbt",
    name: "sample",
    configSchema: z.strictObject({ threads: z.int().positive().default(1).describe("Threads.") }),
    create: () => {
      const base = createDbt();
      return { ...base, ...change(base) };
    },
  });
