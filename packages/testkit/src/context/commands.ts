import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type CommandRunner, FloeError } from "@floe/core";

/** The context's `commands`, for real: a tool behind a plugin can't be proved by a fake of it. */
export function createTestCommands(projectDir: string, signal: () => AbortSignal): CommandRunner {
  return {
    async run(program, parameters, { env, cwd = projectDir, onStdoutLine, onStderrLine } = {}) {
      const current = signal();
      current.throwIfAborted();
      const child = spawn(program, parameters, {
        cwd,
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "pipe"],
        detached: process.platform !== "win32",
      });
      const end = (): void => {
        if (child.pid === undefined) return;
        try {
          process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
        } catch {
          // It has ended.
        }
      };
      current.addEventListener("abort", end, { once: true });
      const lines = { stdout: [] as string[], stderr: [] as string[] };
      createInterface({ input: child.stdout }).on("line", (line) => {
        lines.stdout.push(line);
        onStdoutLine?.(line);
      });
      createInterface({ input: child.stderr }).on("line", (line) => {
        lines.stderr.push(line);
        onStderrLine?.(line);
      });
      try {
        const exitCode = await new Promise<number | null>((resolve, reject) => {
          child.once("error", reject);
          child.once("close", resolve);
        });
        current.throwIfAborted();
        return { exitCode, stdout: lines.stdout.join("\n"), stderr: lines.stderr.join("\n") };
      } catch (error) {
        current.throwIfAborted();
        throw new FloeError("TOOL.NOT_FOUND", `The program ${program} can't be started.`, {
          why: (error as Error).message,
          cause: error,
        });
      } finally {
        current.removeEventListener("abort", end);
      }
    },
  };
}
