import { type CommandRunner, FloeError, isFloeError } from "@floe/core/contracts";
import { runCommand } from "../process/run-command.ts";

/** Well within what the user waits for at Ctrl-C. */
const GRACE_MS = 2000;

export interface CommandSources {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** That of the call now running. */
  signal: () => AbortSignal;
}

/** The context's `commands`. */
export function createCommands({ env, cwd, signal }: CommandSources): CommandRunner {
  return {
    async run(program, parameters, options = {}) {
      const current = signal();
      try {
        return await runCommand(program, parameters, {
          ...options,
          env: { ...env, ...options.env },
          cwd: options.cwd ?? cwd,
          signal: current,
          graceMs: GRACE_MS,
        });
      } catch (error) {
        current.throwIfAborted();
        if (isFloeError(error)) throw error;
        throw new FloeError("TOOL.NOT_FOUND", `The program ${program} can't be started.`, {
          why: (error as Error).message,
          next: ["Install it, or correct its path in the manifest."],
          cause: error,
        });
      }
    },
  };
}
