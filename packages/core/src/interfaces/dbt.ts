import type { Finding, JsonObject, Plugin } from "./plugin.ts";

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
  testModels(project: DbtProject, options?: Omit<DbtRunOptions, "fullRefresh">): Promise<DbtRunResult>;

  /**
   * Runs seeds, models, snapshots and their tests in the order of the graph (`dbt build`): what depends on
   * a model or test that failed is skipped. Not in the specification, in which nothing can stop bad data
   * between two models.
   */
  buildModels(project: DbtProject, options?: DbtRunOptions): Promise<DbtRunResult>;

  /**
   * What a selection means, without running it: unique ids of models, seeds, snapshots and tests, in no
   * particular order.
   */
  listNodes(
    project: DbtProject,
    options?: Pick<DbtRunOptions, "select" | "exclude" | "indirectSelection">,
  ): Promise<readonly string[]>;

  /**
   * Starts what takes time before the first command (a Python process and its imports, an installation),
   * and returns at once. What fails there is told by the first command.
   */
  prepare?(project: DbtProject): Promise<void>;

  /**
   * What the engine can't do of what a compiled project asks, or would silently do otherwise: an adapter,
   * a Python model, a key of the profile that it ignores. Errors stop the compile. Absent: nothing.
   *
   * @param manifest The compiled project's; without `macros` and the text of models.
   */
  checkSupport?(project: DbtProject, manifest: JsonObject): Promise<readonly Finding[]>;

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
  /** The profile in it. Default: the one that `dbt_project.yml` names. */
  profile?: string;
  /** A target in that profile: `dev`. */
  target: string;
  /**
   * The working directory of dbt, which relative paths in the profile (a DuckDB file) start from. Default:
   * `projectDir`.
   */
  workingDir?: string;
  /** What the compute engine needs beside dbt: its `getRequiredDbtPackages()`. Default: nothing. */
  adapterPackages?: readonly string[];
  /** Environment variables that the profile's `env_var()` reads, beside the process's own. May hold secrets. */
  env?: Readonly<Record<string, string>>;
}

export interface DbtRunOptions {
  /** dbt's selection syntax: `tag:nightly,+orders`. Default: everything. */
  select?: string;
  /** What to leave out of it, in the same syntax. */
  exclude?: string;
  /** Rebuild incremental models from nothing. Default false. */
  fullRefresh?: boolean;
  /**
   * Which tests come with selected models, as dbt's option of this name: `eager` (the default) takes each
   * that touches one of them, `cautious` only those all of whose models are selected, `empty` none.
   */
  indirectSelection?: "eager" | "cautious" | "buildable" | "empty";
  /** Told as each node starts and ends. It must not throw. */
  onNode?: (event: DbtNodeEvent) => void;
}

/** A node of the graph started or ended. */
export interface DbtNodeEvent {
  /** dbt's: `model.shop.orders`. */
  uniqueId: string;
  /** dbt's own word once it ended: `warn` and `fail` are tests', `error` is anything that broke. */
  status: "started" | "success" | "pass" | "warn" | "fail" | "error" | "skipped";
  /** Seconds; absent while it runs. */
  executionTimeSeconds?: number;
  /** What dbt said, where it isn't plain success. */
  message?: string;
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
