/** An option of a command, as `parseArgs` of node:util takes it, and as help and completion show it. */
export interface Option {
  type: "boolean" | "string";
  short?: string;
  summary: string;
  /** What stands for its value in help: `<file>`. */
  value?: string;
}

/** A command, known without loading what it does. */
export interface Command {
  /** `plugins list`: one or two words. */
  name: string;
  summary: string;
  /** Positional arguments as help shows them: `<kind> <name>`; square brackets for what may be left out. */
  parameters?: string;
  /** Words that a positional argument can be, for completion. */
  choices?: readonly string[];
  options?: Readonly<Record<string, Option>>;
  load(): Promise<{ run: Run }>;
}

/** What a command is called with. */
export interface Invocation {
  parameters: readonly string[];
  options: Readonly<Record<string, string | boolean | undefined>>;
  /** Ends the command: Ctrl-C. */
  signal: AbortSignal;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** Whether a person sits at both ends. */
  interactive: boolean;
  /** Writes a log line of the host to stderr, if it is wanted. */
  log(record: { level: string; message: string }): void;
}

/** What a command answers with: data for `--json`, and the same as text. */
export interface Outcome {
  /** Whether all is well; findings make it false. */
  ok: boolean;
  /** Whether an interrupt is its usual end, so that its answer counts all the same. Default false. */
  endsOnSignal?: boolean;
  /** Default: 0 if ok, else 4. */
  exitCode?: number;
  result: unknown;
  /** What a person reads, from the same data. Ends without a line break. */
  text(style: Style): string;
}

export type Run = (invocation: Invocation) => Promise<Outcome>;

/** Marks up text, where colour is wanted. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
}
