import type { Command, Invocation, Style } from "./command.ts";
import { styleFor } from "./render/style.ts";

/**
 * Runs the command line. What was asked for goes to stdout, everything else to stderr; the process ends
 * with the exit code that the outcome has.
 */
export async function main(words: readonly string[]): Promise<void> {
  // node:sqlite is marked experimental on some versions that floe supports; its users needn't care.
  process.removeAllListeners("warning");
  // A reader that has seen enough (`floe ... | head`) is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

  const style = styleFor(process.stdout, process.env);
  const json = words.includes("--json");
  let exitCode: number;
  try {
    exitCode = await run(words, json, style);
  } catch (error) {
    exitCode = await fail(error, json, words.includes("--verbose"));
  }
  await finish(exitCode);
}

async function run(words: readonly string[], json: boolean, style: Style): Promise<number> {
  const [first] = words;
  if (first === "--version" || first === "-v") {
    const { version } = await import("./version.ts");
    await print(json ? JSON.stringify({ ok: true, result: { version } }) : version);
    return 0;
  }
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    const { overview } = await import("./help.ts");
    await print(overview(style));
    return 0;
  }
  if (words.includes("--help") || words.includes("-h")) {
    const { COMMANDS } = await import("./command-list.ts");
    const command: Command | undefined = COMMANDS.find(({ name }) => words.join(" ").startsWith(name));
    if (command !== undefined) {
      const { commandHelp } = await import("./help.ts");
      await print(commandHelp(command, style));
      return 0;
    }
  }

  // What is young gets no more room than it begins with: a run takes an eighth less memory, and no more time.
  (await import("node:v8")).setFlagsFromString("--semi-space-growth-factor=1");
  const { parse } = await import("./parse.ts");
  const { command, parameters, options } = await parse(words);
  const interrupted = new AbortController();
  const interrupt = (): void => {
    // A second Ctrl-C doesn't wait for anything.
    if (interrupted.signal.aborted) process.exit(130);
    interrupted.abort();
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  const invocation: Invocation = {
    parameters,
    options,
    signal: interrupted.signal,
    env: process.env,
    cwd: process.cwd(),
    interactive: process.stdin.isTTY === true && process.stdout.isTTY === true && !json,
    log: ({ level, message }) => {
      if (options.verbose === true || level === "warn" || level === "error")
        process.stderr.write(`${message}\n`);
    },
  };
  const outcome = await (await command.load()).run(invocation);
  // What was found out by then is worth nothing: half of it failed because of the interrupt.
  if (outcome.endsOnSignal !== true) interrupted.signal.throwIfAborted();
  await print(json ? JSON.stringify({ ok: outcome.ok, result: outcome.result }) : outcome.text(style));
  return outcome.exitCode ?? (outcome.ok ? 0 : 4);
}

async function fail(error: unknown, json: boolean, verbose: boolean): Promise<number> {
  const { FloeError, isFloeError } = await import("@floe/core");
  const known = isFloeError(error)
    ? error
    : (error as Error).name === "AbortError"
      ? new FloeError("RUN.INTERRUPTED", "Interrupted.")
      : new FloeError("INTERNAL.BUG", "floe has a defect.", {
          why: error instanceof Error ? error.message : String(error),
          next: ["Please report it, with what `--verbose` prints."],
          cause: error,
        });
  if (json) await print(JSON.stringify({ ok: false, error: known.toJSON() }));
  else {
    const { renderFault } = await import("./render/fault.ts");
    process.stderr.write(`${renderFault(known.toJSON(), styleFor(process.stderr, process.env))}\n`);
  }
  if (verbose && known.cause instanceof Error) process.stderr.write(`${known.cause.stack}\n`);
  return known.exitCode;
}

/** Writes to stdout and waits until it is written, for the process ends right after. */
function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text === "" ? "" : `${text}\n`, () => resolve());
  });
}

/** Ends the process: a plugin that still waits for something must not keep it. */
async function finish(exitCode: number): Promise<never> {
  await new Promise<void>((resolve) => {
    process.stderr.write("", () => resolve());
  });
  process.exit(exitCode);
}
