import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { endWithFloe } from "./end-with-floe.ts";
import { signalGroup } from "./process-group.ts";

export interface CommandResult {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  env?: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  signal?: AbortSignal | undefined;
  /** How long an aborted program may take to end by itself, in milliseconds. Default: it is killed at once. */
  graceMs?: number;
  onStdoutLine?: ((line: string) => void) | undefined;
  onStderrLine?: ((line: string) => void) | undefined;
}

const MOST_OUTPUT = 1024 * 1024;
/** How long output may go on after the program's end: what it started may still hold the pipes. */
const DRAIN_MS = 1000;

/**
 * Runs a program to its end and gives what it wrote. The last mebibyte of each stream is kept. An abort
 * ends the program and all that it started,
 * as does the end of floe.
 *
 * @throws The system's error where the program can't be started, the signal's reason where it is aborted,
 * what a listener throws, which ends the program too.
 */
export async function runCommand(
  program: string,
  parameters: readonly string[],
  { env, cwd, signal, graceMs = 0, onStdoutLine, onStderrLine }: CommandOptions = {},
): Promise<CommandResult> {
  signal?.throwIfAborted();
  const child = spawn(program, parameters, {
    env: { ...(env ?? process.env) },
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
    ...(cwd === undefined ? {} : { cwd }),
  });
  let insist: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    signalGroup(child.pid, graceMs > 0 ? "SIGTERM" : "SIGKILL");
    insist = setTimeout(() => signalGroup(child.pid, "SIGKILL"), graceMs);
  };
  const unwatch = endWithFloe(child.pid);
  signal?.addEventListener("abort", onAbort, { once: true });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] = (output[name] + text).slice(-MOST_OUTPUT);
    });
  }
  let refusal: { error: unknown } | undefined;
  for (const [input, listener] of [
    [child.stdout, onStdoutLine],
    [child.stderr, onStderrLine],
  ] as const) {
    if (listener === undefined) continue;
    createInterface({ input }).on("line", (line) => {
      try {
        if (refusal === undefined) listener(line);
      } catch (error) {
        refusal = { error };
        signalGroup(child.pid, "SIGKILL");
      }
    });
  }
  let drained: NodeJS.Timeout | undefined;
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
      child.once("exit", (code) => {
        drained = setTimeout(() => {
          child.stdout.destroy();
          child.stderr.destroy();
          resolve(code);
        }, DRAIN_MS);
      });
    });
    signal?.throwIfAborted();
    if (refusal !== undefined) throw (refusal as { error: unknown }).error;
    return { exitCode, ...output };
  } finally {
    clearTimeout(drained);
    // What the program started may still be there, though the program itself has ended.
    if (insist !== undefined) signalGroup(child.pid, "SIGKILL");
    clearTimeout(insist);
    unwatch();
    signal?.removeEventListener("abort", onAbort);
  }
}
