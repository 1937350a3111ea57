/**
 * Running programs, lent by the host as `context.commands`: for a plugin whose tool is a command line.
 */
export interface CommandRunner {
  /**
   * Runs a program to its end. What it ended with is an answer, not an error: a code that isn't 0 is
   * returned. Its input is empty, no shell is between, and no parameter is logged.
   *
   * When the current call's {@link PluginContext.signal} aborts, the program and all that it started are
   * asked to end, and two seconds later made to; they never outlive floe, however that ends.
   *
   * @param program A path or a name on the PATH.
   * @param parameters Others can see them in the list of processes: secrets go by `env`.
   * @throws FloeError `TOOL.NOT_FOUND` where the program can't be started; the signal's reason, once the
   * program has ended, where it aborts.
   */
  run(program: string, parameters: readonly string[], options?: CommandOptions): Promise<CommandResult>;
}

export interface CommandOptions {
  /** Environment variables beside floe's own. Secrets go this way. */
  env?: Readonly<Record<string, string>>;
  /** The working directory. Default: the project's folder. */
  cwd?: string;
  /** Told each line as it comes, without its end. It must not throw. */
  onStdoutLine?: (line: string) => void;
  onStderrLine?: (line: string) => void;
}

export interface CommandResult {
  /** Null where a signal ended it. */
  exitCode: number | null;
  /** What it wrote, of each stream the last mebibyte. */
  stdout: string;
  stderr: string;
}
