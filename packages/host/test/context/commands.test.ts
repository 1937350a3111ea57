import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FloeError } from "@floe/core";
import { describe, expect, it } from "vitest";
import { createCommands } from "../../src/context/commands.ts";

const STAY = "console.log(process.pid); setInterval(() => {}, 1000);";

function commands(signal = new AbortController().signal) {
  return createCommands({ env: process.env, cwd: tmpdir(), signal: () => signal });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  for (const end = Date.now() + 5000; isAlive(pid) && Date.now() < end; ) await sleep(20);
}

describe("the context's commands", () => {
  it("give lines as they come, the exit code and what was written", async () => {
    const lines: string[] = [];
    const script = "console.log('a'); console.error(process.env.WORD); process.exitCode = 3;";
    const result = await commands().run(process.execPath, ["-e", script], {
      env: { WORD: "b" },
      onStdoutLine: (line) => lines.push(line),
      onStderrLine: (line) => lines.push(line),
    });
    expect(result).toEqual({ exitCode: 3, stdout: "a\n", stderr: "b\n" });
    expect(lines.sort()).toEqual(["a", "b"]);
  });

  it("say what can't be started", async () => {
    await expect(commands().run("no-such-program", [])).rejects.toMatchObject({ code: "TOOL.NOT_FOUND" });
  });

  it("end with a listener that throws, whose error it is", async () => {
    const full = new FloeError("PROJECT.UNWRITABLE", "The disk is full.", { next: [] });
    const pids: number[] = [];
    const running = commands().run(process.execPath, ["-e", STAY], {
      onStdoutLine: (line) => {
        pids.push(Number(line));
        throw full;
      },
    });
    await expect(running).rejects.toBe(full);
    await untilGone(pids[0] ?? 0);
    expect(pids.map(isAlive)).toEqual([false]);
  });

  it("end with the call, also what won't end by itself, and what the program started", async () => {
    const controller = new AbortController();
    const pids: number[] = [];
    const script = `process.on("SIGTERM", () => {});
      require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(STAY)}], { stdio: "inherit" });`;
    const running = commands(controller.signal).run(process.execPath, ["-e", script + STAY], {
      onStdoutLine: (line) => {
        if (pids.push(Number(line)) === 2) controller.abort(new Error("enough"));
      },
    });
    await expect(running).rejects.toThrow("enough");
    for (const pid of pids) await untilGone(pid);
    expect(pids.map(isAlive)).toEqual([false, false]);
  });

  it.skipIf(process.platform === "win32")("don't outlive a floe that is killed", async () => {
    const source = join(import.meta.dirname, "../../src/context/commands.ts");
    const script = `const { createCommands } = await import(${JSON.stringify(source)});
      const signal = new AbortController().signal;
      createCommands({ env: process.env, cwd: "/", signal: () => signal })
        .run(process.execPath, ["-e", ${JSON.stringify(STAY)}], { onStdoutLine: console.log });`;
    const floe = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "pipe" });
    const [pid] = (await once(floe.stdout, "data")).map(Number);
    floe.kill("SIGKILL");
    await untilGone(pid ?? 0);
    expect(isAlive(pid ?? 0)).toBe(false);
  });
});
