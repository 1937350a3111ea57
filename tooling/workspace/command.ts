import { spawn } from "node:child_process";

export interface CommandOptions {
  cwd: string;
  /** The whole environment of the process. Default: this process's own. */
  env?: NodeJS.ProcessEnv;
}

export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end and gives what it wrote. Rejects only where the program can't be started. */
export function capture(command: string, args: string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ exitCode: code ?? 1, stdout, stderr }));
  });
}

/** As {@link capture}, for a program that must succeed: what it wrote to stdout. */
export async function output(command: string, args: string[], options: CommandOptions): Promise<string> {
  const result = await capture(command, args, options);
  if (result.exitCode === 0) return result.stdout;
  const said = `${result.stdout}\n${result.stderr}`.trim().slice(-4000);
  throw new Error(`\`${[command, ...args].join(" ")}\` ended with ${result.exitCode}:\n${said}`);
}
