import type { JsonObject, Plugin } from "./plugin.ts";

/**
 * Where dbt runs: dbt-core here, the Rust engine, dbt Cloud. The framework itself is not pluggable
 * (ADR-0043). Entry points: `floe.dbt`. REQ-086 to REQ-100.
 *
 * All methods can be called in any order and repeatedly. Calls for one project directory run one after
 * another: dbt owns its `target/` folder. All paths are absolute.
 */
export interface DbtPlugin extends Plugin {
  /**
   * Compiles the project (Jinja to SQL).
   *
   * @returns The path of the compiled `manifest.json`, usually `target/manifest.json`.
   * @throws FloeError `DBT.COMPILATION_FAILED` with dbt's own file and line in `where`.
   */
  compileProject(project: DbtProject): Promise<string>;

  /** Runs models. A model that fails is a result, not an exception. */
  runModels(project: DbtProject, options?: DbtRunOptions): Promise<DbtRunResult>;

  /** Runs tests. A test that fails is a result, not an exception. */
  testModels(project: DbtProject, options?: Pick<DbtRunOptions, "select">): Promise<DbtRunResult>;

  /**
   * Lints SQL by the target's dialect.
   *
   * @throws FloeError `DBT.LINT_FAILED` if the linter fails, not if it finds something;
   * `PLUGIN.UNSUPPORTED` where {@link supportsSqlLinting} is false.
   */
  lintProject(project: DbtProject, options?: DbtLintOptions): Promise<LintResult>;

  /** dbt's `manifest.json`, from disk or an API. @throws FloeError `DBT.ARTIFACT_MISSING`. */
  getManifest(projectDir: string): Promise<JsonObject>;

  /** dbt's `run_results.json` of the last command. @throws FloeError `DBT.ARTIFACT_MISSING`. */
  getRunResults(projectDir: string): Promise<JsonObject>;

  /** Whether several commands may run at once, in different projects. */
  supportsParallelExecution(): boolean;

  /** Whether {@link lintProject} does anything. */
  supportsSqlLinting(): boolean;

  /** What to record about the runtime: at least `dbt_version` and `adapter_version` once known. */
  getRuntimeMetadata(): Promise<Readonly<Record<string, string>>>;
}

/** Which project, with which profile. */
export interface DbtProject {
  /** The folder of `dbt_project.yml`. */
  projectDir: string;
  /** The folder of `profiles.yml`. */
  profilesDir: string;
  /** A target in that profile: `dev`. */
  target: string;
}

export interface DbtRunOptions {
  /** dbt's selection syntax: `tag:nightly,+orders`. Default: everything. */
  select?: string;
  /** What to leave out of it, in the same syntax. */
  exclude?: string;
  /** Rebuild incremental models from nothing. Default false. */
  fullRefresh?: boolean;
}

export interface DbtLintOptions {
  /** Mend what can be mended, in place. Default false. */
  fix?: boolean;
}

/** The result of a dbt command. */
export interface DbtRunResult {
  /** Whether dbt finished and nothing failed; warnings don't count. */
  success: boolean;
  manifestPath: string;
  runResultsPath: string;
  /** Null (the default) unless the command wrote `catalog.json`. */
  catalogPath: string | null;
  executionTimeSeconds: number;
  modelsRun: number;
  testsRun: number;
  /** Models and tests that failed. */
  failures: number;
  /** Whatever else the runtime reports. Default `{}`. */
  metadata: JsonObject;
}

export interface LintResult {
  /** Whether nothing was found (after mending, with `fix`). */
  success: boolean;
  issues: readonly LintIssue[];
  filesChecked: number;
  /** Issues that `fix` mended; they no longer stand in `issues`. */
  fixed: number;
}

export interface LintIssue {
  /** Relative to the dbt project. */
  file: string;
  /** From 1. */
  line: number;
  column: number;
  /** The linter's own rule: `LT01`. */
  rule: string;
  message: string;
  severity: "error" | "warning";
  /** Whether `fix` would mend it. */
  fixable: boolean;
}
