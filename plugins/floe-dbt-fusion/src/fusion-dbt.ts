import { join } from "node:path";
import {
  type DbtLintOptions,
  type DbtProject,
  type DbtRunOptions,
  type DbtRunResult,
  type Finding,
  type JsonObject,
  type LintResult,
  type PluginContext,
  type PluginImplementation,
  summarizeRunResults,
} from "@floe/core";
import { completeResults, forgetResults, readArtifact } from "./artifacts.ts";
import type { FusionDbtConfig } from "./config.ts";
import { type Command, Engine } from "./engine.ts";
import { lintProject } from "./lint.ts";
import { mapping, readProfileOutput, readSettings } from "./project-files.ts";
import { findUnsupported } from "./support.ts";

/** dbt by its Rust engine, one process for each command: it starts in hundredths of a second. */
export class FusionDbt implements PluginImplementation<"dbt"> {
  readonly #context: PluginContext;
  readonly #engine: Engine;

  constructor(config: FusionDbtConfig, context: PluginContext) {
    this.#context = context;
    this.#engine = new Engine(config, context);
  }

  async prepare(_project: DbtProject): Promise<void> {
    // Not awaited: it goes on beside whatever comes before the first command, which tells what fails.
    this.#engine.program().catch(() => {});
  }

  async compileProject(project: DbtProject): Promise<string> {
    await this.#engine.run("compile", project);
    return this.#manifestPath(project);
  }

  runModels(project: DbtProject, options: DbtRunOptions = {}): Promise<DbtRunResult> {
    return this.#run("run", project, options);
  }

  testModels(project: DbtProject, options: Omit<DbtRunOptions, "fullRefresh"> = {}): Promise<DbtRunResult> {
    return this.#run("test", project, options);
  }

  buildModels(project: DbtProject, options: DbtRunOptions = {}): Promise<DbtRunResult> {
    return this.#run("build", project, options);
  }

  async listNodes(
    project: DbtProject,
    options: Pick<DbtRunOptions, "select" | "exclude" | "indirectSelection"> = {},
  ): Promise<readonly string[]> {
    const { printed } = await this.#engine.run("list", project, options);
    // Macros may print as well.
    return printed.flatMap((line) => /^\{"unique_id":"([^"]+)"\}$/.exec(line)?.[1] ?? []);
  }

  async checkSupport(project: DbtProject, manifest: JsonObject): Promise<readonly Finding[]> {
    return findUnsupported(await readProfileOutput(project), manifest);
  }

  async lintProject(project: DbtProject, options: DbtLintOptions = {}): Promise<LintResult> {
    const sqruff = await this.#engine.script("sqruff");
    return lintProject(sqruff, project, options, this.#context);
  }

  getManifest(projectDir: string): Promise<JsonObject> {
    return readArtifact(projectDir, "manifest.json");
  }

  getRunResults(projectDir: string): Promise<JsonObject> {
    return readArtifact(projectDir, "run_results.json");
  }

  supportsParallelExecution(): boolean {
    return true;
  }

  supportsSqlLinting(): boolean {
    return true;
  }

  async getRuntimeMetadata(): Promise<Readonly<Record<string, string>>> {
    return this.#engine.versions;
  }

  async #run(command: Command, project: DbtProject, options: DbtRunOptions): Promise<DbtRunResult> {
    const { targetDir } = await readSettings(project.projectDir);
    await forgetResults(targetDir);
    const started = performance.now();
    const { failed } = await this.#engine.run(command, project, options);
    const results = await completeResults(project.projectDir, failed);
    const counts = summarizeRunResults(results);
    return {
      success: counts.failures === 0,
      manifestPath: await this.#manifestPath(project),
      runResultsPath: join(targetDir, "run_results.json"),
      catalogPath: null,
      executionTimeSeconds: (performance.now() - started) / 1000,
      ...counts,
      metadata: mapping(results.metadata) ?? {},
    };
  }

  async #manifestPath({ projectDir }: DbtProject): Promise<string> {
    return join((await readSettings(projectDir)).targetDir, "manifest.json");
  }
}
