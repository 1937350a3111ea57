import { delimiter, isAbsolute, join, resolve } from "node:path";
import { type DbtProject, type DbtRunOptions, FloeError, type PluginContext } from "@floe/core";
import { CommandLog } from "./command-log.ts";
import { commandError, saysLocked } from "./complaint.ts";
import type { FusionDbtConfig } from "./config.ts";
import { writeDriverManifest } from "./driver.ts";
import { readSettings } from "./project-files.ts";

export type Command = "compile" | "run" | "test" | "build" | "list";

const LISTED = ["model", "seed", "snapshot", "test", "unit_test"];

/** The Rust engine's command line. */
export class Engine {
  readonly #config: FusionDbtConfig;
  readonly #context: PluginContext;
  #program: Promise<string> | undefined;
  #versions: Readonly<Record<string, string>> = {};

  constructor(config: FusionDbtConfig, context: PluginContext) {
    this.#config = config;
    this.#context = context;
  }

  /** Of what ran last; empty before. */
  get versions(): Readonly<Record<string, string>> {
    return this.#versions;
  }

  /** The program, installed first where it isn't there. */
  program(): Promise<string> {
    const { binary } = this.#config;
    if (binary !== undefined) {
      const isPath = isAbsolute(binary) || /[\\/]/.test(binary);
      return Promise.resolve(isPath ? resolve(this.#context.paths.projectDir, binary) : binary);
    }
    const program = this.#program ?? this.script("dbt");
    this.#program = program;
    // What failed once may succeed when it is tried again.
    program.catch(() => {
      this.#program = undefined;
    });
    return program;
  }

  /** A program of the Python environment that floe makes. */
  async script(name: string): Promise<string> {
    const requirements = join(this.#context.plugin.packageDir, "python", "requirements.txt");
    return (await this.#context.python.environment({ requirements })).script(name);
  }

  /**
   * Runs a command. What fails in nodes is in what it returns.
   *
   * @throws FloeError where the command itself fails; `compile` also where a node does.
   */
  async run(command: Command, project: DbtProject, options: DbtRunOptions = {}): Promise<CommandLog> {
    const program = await this.program();
    const log = new CommandLog(options.onNode);
    const { exitCode, stderr } = await this.#context.commands.run(
      program,
      await this.#parameters(command, project, options),
      {
        cwd: project.workingDir ?? project.projectDir,
        env: this.#env(project),
        onStdoutLine: (line) => log.read(line),
      },
    );
    this.#learn(log);
    for (const warning of log.warnings) this.#context.logger.debug(warning);
    const fatal =
      log.errors.find(saysLocked) ??
      log.errors.find(({ uniqueId }) => uniqueId === undefined || command === "compile");
    if (fatal !== undefined) throw commandError(fatal, project.projectDir);
    if (exitCode === null || (exitCode !== 0 && log.broken === 0)) {
      const said = stderr.trim().slice(-2000);
      throw new FloeError("DBT.FAILED", "dbt ended before it was done.", {
        why: said || (exitCode === null ? "A signal ended it." : `It gave ${exitCode} and no reason.`),
        next: ["Try again; where it happens again, take dbt-core 1: plugins.dbt.type: local"],
      });
    }
    return log;
  }

  async #parameters(command: Command, project: DbtProject, options: DbtRunOptions): Promise<string[]> {
    const { vars, static_analysis: analysis } = this.#config;
    const { targetDir } = await readSettings(project.projectDir);
    const words = (option: string, value: string | undefined): string[] => {
      const given = value?.split(/\s+/).filter((word) => word !== "") ?? [];
      return given.length === 0 ? [] : [option, ...given];
    };
    return [
      command,
      ...["--project-dir", project.projectDir, "--profiles-dir", project.profilesDir],
      ...["--target", project.target, "--log-format", "json"],
      // Its log has all that floe takes from its output; the queries that it keeps there are useful.
      ...["--log-path", targetDir, "--log-level-file", "off"],
      ...["--no-version-check", "--no-send-anonymous-usage-stats"],
      ...words("--profile", project.profile),
      ...(vars === undefined ? [] : ["--vars", JSON.stringify(vars)]),
      ...words("--select", options.select),
      ...words("--exclude", options.exclude),
      ...words("--indirect-selection", options.indirectSelection),
      ...(options.fullRefresh === true && command !== "test" ? ["--full-refresh"] : []),
      ...(command === "list"
        ? ["--output", "json", "--output-keys", "unique_id", "--resource-type", ...LISTED]
        : words("--static-analysis", analysis)),
    ];
  }

  #env(project: DbtProject): Record<string, string> {
    const drivers = [process.env.ADBC_DRIVER_PATH, writeDriverManifest(this.#context.paths.cacheDir)].filter(
      (dir) => dir !== undefined && dir !== "",
    );
    return {
      ...(drivers.length === 0 ? {} : { ADBC_DRIVER_PATH: drivers.join(delimiter) }),
      DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
      RUST_BACKTRACE: "0",
      ...project.env,
    };
  }

  #learn({ engine, version }: CommandLog): void {
    if (engine === undefined || version === undefined) return;
    if (version.startsWith("1.")) {
      throw new FloeError("TOOL.VERSION", `The program ${this.#config.binary} is dbt ${version}.`, {
        why: "This plugin drives dbt 2 and Fusion.",
        next: ["Take dbt-core 1 by its own plugin: plugins.dbt.type: local"],
      });
    }
    // The adapters are part of the engine.
    this.#versions = { dbt_version: version, adapter_version: version, engine };
  }
}
