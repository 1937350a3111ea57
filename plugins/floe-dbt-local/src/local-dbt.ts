import { join } from "node:path";
import {
  type DbtLintOptions,
  type DbtNodeEvent,
  type DbtProject,
  type DbtRunOptions,
  type DbtRunResult,
  type DbtRunResults,
  type JsonObject,
  type LintResult,
  type PluginContext,
  type PluginImplementation,
  type PythonWorker,
  summarizeRunResults,
} from "@floe/core";
import { ensureResults, forgetResults, readArtifact, targetDir } from "./artifacts.ts";
import type { LocalDbtConfig } from "./config.ts";

/** dbt-core in a worker that lives as long as floe does: dbt is imported once, and a project parsed once. */
export class LocalDbt implements PluginImplementation<"dbt"> {
  readonly #config: LocalDbtConfig;
  readonly #context: PluginContext;
  /** By adapter packages: each set is an environment of its own. */
  readonly #workers = new Map<string, Promise<PythonWorker>>();
  #versions: Readonly<Record<string, string>> = {};

  constructor(config: LocalDbtConfig, context: PluginContext) {
    this.#config = config;
    this.#context = context;
  }

  async prepare(project: DbtProject): Promise<void> {
    const worker = await this.#worker(project);
    const { vars } = this.#config;
    const given = vars === undefined ? null : JSON.stringify(vars);
    // Not awaited: it goes on beside whatever comes before the first command, which tells what fails.
    worker.call("warm", { project: portable(project), vars: given }).catch(() => {});
  }

  async compileProject(project: DbtProject): Promise<string> {
    await this.#command("compile", project);
    return join(await targetDir(project.projectDir), "manifest.json");
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
    return (await this.#command<{ nodes: string[] }>("list", project, options)).nodes;
  }

  async lintProject(project: DbtProject, { fix = false }: DbtLintOptions = {}): Promise<LintResult> {
    const worker = await this.#worker(project);
    const result = await worker.call<Omit<LintResult, "success">>("lint", {
      project: portable(project),
      fix,
      templater: this.#config.lint_templater ?? null,
    });
    return { ...result, success: result.issues.length === 0 };
  }

  getManifest(projectDir: string): Promise<JsonObject> {
    return readArtifact(projectDir, "manifest.json");
  }

  getRunResults(projectDir: string): Promise<JsonObject> {
    return readArtifact(projectDir, "run_results.json");
  }

  supportsParallelExecution(): boolean {
    return false;
  }

  supportsSqlLinting(): boolean {
    return true;
  }

  async getRuntimeMetadata(): Promise<Readonly<Record<string, string>>> {
    return this.#versions;
  }

  async #run(
    command: "run" | "test" | "build",
    project: DbtProject,
    options: DbtRunOptions,
  ): Promise<DbtRunResult> {
    const target = await targetDir(project.projectDir);
    await forgetResults(target);
    const started = performance.now();
    await this.#command(command, project, options);
    const runResultsPath = await ensureResults(target);
    const results = (await readArtifact(project.projectDir, "run_results.json")) as unknown as DbtRunResults;
    const counts = summarizeRunResults(results);
    return {
      success: counts.failures === 0,
      manifestPath: join(target, "manifest.json"),
      runResultsPath,
      catalogPath: null,
      executionTimeSeconds: (performance.now() - started) / 1000,
      ...counts,
      metadata: {},
    };
  }

  async #command<T>(
    name: string,
    project: DbtProject,
    { onNode, ...options }: DbtRunOptions = {},
  ): Promise<T> {
    const worker = await this.#worker(project);
    const { vars } = this.#config;
    const answer = await worker.call<T>(
      "command",
      {
        name,
        project: portable(project),
        options,
        vars: vars === undefined ? null : JSON.stringify(vars),
      },
      onNode === undefined ? {} : { onProgress: (event) => onNode(nodeEvent(event)) },
    );
    if (Object.keys(this.#versions).length === 0) {
      this.#versions = await worker.call<Record<string, string>>("versions");
    }
    return answer;
  }

  #worker({ adapterPackages = [], workingDir, projectDir }: DbtProject): Promise<PythonWorker> {
    const key = adapterPackages.join();
    const known = this.#workers.get(key);
    if (known !== undefined) return known;
    const python = join(this.#context.plugin.packageDir, "python");
    const worker = this.#context.python.startWorker({
      requirements: join(python, "requirements.txt"),
      packages: adapterPackages,
      moduleDir: python,
      module: "floe_dbt_local.worker",
      cwd: workingDir ?? projectDir,
    });
    this.#workers.set(key, worker);
    return worker;
  }
}

/** What goes over the wire. */
function portable({ adapterPackages: _, ...project }: DbtProject): Record<string, unknown> {
  return project;
}

/** Python's null is our absent. */
function nodeEvent(event: unknown): DbtNodeEvent {
  const entries = Object.entries(event as Record<string, unknown>).filter(([, value]) => value !== null);
  return Object.fromEntries(entries) as unknown as DbtNodeEvent;
}
