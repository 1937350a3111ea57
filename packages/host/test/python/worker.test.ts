import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PythonWorker } from "@floe/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { createPythonRuntime } from "../../src/python/runtime.ts";
import { RestartingWorker } from "../../src/python/worker.ts";
import { pythonProject, TINY_LOCK } from "./support.ts";

/** A worker that runs a script for each line it is sent; `id` is the call's. */
function hostile(script: string): RestartingWorker {
  const source = `
    const reply = (message) => process.stdout.write(JSON.stringify(message) + "\\n");
    let count = 0;
    require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
      const { id, method, params } = JSON.parse(line);
      count += 1;
      ${script}
    });`;
  const worker = new RestartingWorker("a_module", async () => ({
    program: process.execPath,
    parameters: ["-e", source],
    cwd: ".",
    env: process.env,
  }));
  onTestFinished(() => worker.close());
  return worker;
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe("a worker", () => {
  it("answers calls one after another", async () => {
    const worker = hostile("setTimeout(() => reply({ id, result: [method, params, count] }), 5);");
    const answers = await Promise.all([worker.call("a", { x: 1 }), worker.call("b"), worker.call("c")]);
    expect(answers).toEqual([
      ["a", { x: 1 }, 1],
      ["b", {}, 2],
      ["c", {}, 3],
    ]);
  });

  it.each<[string, string, string, RegExp]>([
    [
      "exits",
      "console.error('out of luck'); process.exit(3);",
      "PYTHON.WORKER_EXITED",
      /exited with code 3[\s\S]*out of luck/,
    ],
    ["is killed", "process.kill(process.pid, 'SIGKILL');", "PYTHON.WORKER_EXITED", /ended by SIGKILL/],
    ["prints rubbish", "console.log('loading...');", "PYTHON.WORKER_PROTOCOL", /"loading\.\.\."/],
    ["prints JSON that is no message", "console.log('42');", "PYTHON.WORKER_PROTOCOL", /"42"/],
    [
      "answers the wrong id",
      "reply({ id: 99, result: 1 });",
      "PYTHON.WORKER_PROTOCOL",
      /answered call 99; 1 was asked/,
    ],
    ["answers nothing of use", "reply({ id });", "PYTHON.WORKER_PROTOCOL", /neither a result nor an error/],
    ["answers a list", "console.log('[]');", "PYTHON.WORKER_PROTOCOL", /"\[\]"/],
    [
      "answers an endless id",
      "reply({ id: 'x'.repeat(1e6), result: 1 });",
      "PYTHON.WORKER_PROTOCOL",
      /^.{100,300}$/,
    ],
    [
      "exits while what it started holds its pipes",
      "require('node:child_process').spawn('sleep', ['60'], { stdio: 'inherit' }).once('spawn', () => process.exit(3));",
      "PYTHON.WORKER_EXITED",
      /exited with code 3/,
    ],
    ["raises", "reply({ id, error: { message: 'KeyError: x' } });", "PYTHON.CALL_FAILED", /KeyError: x/],
    [
      "raises with a code that floe hasn't",
      "reply({ id, error: { message: 'no', data: { code: 'toString' } } });",
      "PYTHON.CALL_FAILED",
      /^no$/,
    ],
  ])("that %s is a coded error, and the next call finds a fresh one", async (_title, script, code, why) => {
    const worker = hostile(`if (method === "bad") { ${script} } else reply({ id, result: count });`);
    const error = await worker.call("bad").catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, why: expect.stringMatching(why), next: [expect.any(String)] });
    expect(await worker.call("good")).toBe(code === "PYTHON.CALL_FAILED" ? 2 : 1);
  });

  it("that sends 100 MB is ended before they are all in memory", async () => {
    const worker = hostile(
      `const part = "x".repeat(1024 * 1024); for (let i = 0; i < 100; i += 1) process.stdout.write(part);`,
    );
    // Of this thread alone: other suites run beside it.
    const before = process.memoryUsage().arrayBuffers;
    await expect(worker.call("x")).rejects.toMatchObject({
      code: "PYTHON.WORKER_PROTOCOL",
      why: expect.stringMatching(/more than 64 MiB/),
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(80 * 1024 * 1024);
  });

  it("that hangs is ended, and all that it started", async () => {
    const worker = hostile(`
      if (method === "child") reply({ id, result: require("node:child_process").spawn("sleep", ["60"]).pid });`);
    const pid = await worker.call<number>("child");
    expect(isRunning(pid)).toBe(true);
    await expect(worker.call("hang", {}, { timeoutMs: 50 })).rejects.toMatchObject({
      code: "PYTHON.WORKER_TIMEOUT",
      summary: "a_module didn't answer hang within 0.05 s.",
    });
    for (let tries = 0; isRunning(pid) && tries < 100; tries += 1) await sleep(20);
    expect(isRunning(pid)).toBe(false);
  });

  it("takes an error of null for none", async () => {
    await expect(hostile("reply({ id, result: 3, error: null });").call("x")).resolves.toBe(3);
  });

  it("fails the call whose progress can't be followed", async () => {
    const worker = hostile(`reply({ method: "progress", params: 1 }); reply({ id, result: count });`);
    const onProgress = (): never => {
      throw new RangeError("mine");
    };
    await expect(worker.call("x", {}, { onProgress })).rejects.toThrow("mine");
    expect(await worker.call("x")).toBe(1);
  });

  it("isn't ended by a call that is abandoned before its turn", async () => {
    const worker = hostile("setTimeout(() => reply({ id, result: count }), 100);");
    const first = worker.call("x");
    await expect(worker.call("x", {}, { signal: AbortSignal.timeout(10) })).rejects.toMatchObject({
      code: "RUN.INTERRUPTED",
    });
    expect(await Promise.all([first, worker.call("x")])).toEqual([1, 2]);
  });

  it("that can't be started says so to one call, and the next tries again", async () => {
    let tries = 0;
    const worker = new RestartingWorker("a_module", async () => {
      tries += 1;
      throw new RangeError(`try ${tries}`);
    });
    await expect(worker.call("x")).rejects.toThrow("try 1");
    await expect(worker.call("x")).rejects.toThrow("try 2");
  });

  it("is ended with a call that is abandoned", async () => {
    const worker = hostile("if (method === 'quick') reply({ id, result: count });");
    const controller = new AbortController();
    const call = worker.call("hang", {}, { signal: controller.signal });
    setTimeout(() => controller.abort(), 30);
    await expect(call).rejects.toMatchObject({ code: "RUN.INTERRUPTED" });
    expect(await worker.call("quick")).toBe(1);
  });

  it("keeps a coded error whole", async () => {
    const data = { code: "DBT.COMPILATION_FAILED", why: "w", next: ["n"], where: { file: "a.sql", line: 3 } };
    const worker = hostile(`reply({ id, error: { message: "No.", data: ${JSON.stringify(data)} } });`);
    await expect(worker.call("x")).rejects.toMatchObject({ ...data, summary: "No." });
  });

  it("can be closed twice, and takes no calls afterwards", async () => {
    const worker = hostile("reply({ id, result: process.pid });");
    const pid = await worker.call<number>("x");
    await worker.close();
    await worker.close();
    expect(isRunning(pid)).toBe(false);
    await expect(worker.call("x")).rejects.toMatchObject({ code: "PYTHON.WORKER_EXITED" });
  });

  it("runs a plugin's module in its environment", async () => {
    const logged: string[] = [];
    const worker = await pythonWorker(
      `
import iniconfig, subprocess, sys
from floe_worker import method, progress

@method
def where(x):
    print("noise")
    progress({"at": x})
    return iniconfig.__name__

@method
def nan():
    return {"mean": float("nan")}

@method
def leave():
    sys.exit(2)

@method
def read_input():
    return subprocess.run(["cat"], capture_output=True, timeout=5).stdout.decode()
`,
      (line) => logged.push(line),
    );
    const progress: unknown[] = [];
    const onProgress = (value: unknown) => progress.push(value);
    expect(await worker.call("where", { x: 7 }, { onProgress })).toBe("iniconfig");
    expect(progress).toEqual([{ at: 7 }]);
    for (const [method, why] of [
      ["where", /^TypeError/],
      ["nan", /^ValueError: .*JSON/],
      ["leave", "SystemExit: 2"],
    ] as const) {
      await expect(worker.call(method)).rejects.toMatchObject({
        code: "PYTHON.CALL_FAILED",
        why: typeof why === "string" ? why : expect.stringMatching(why),
      });
    }
    // What it starts reads an empty input, not floe's next message.
    expect(await worker.call("read_input")).toBe("");
    expect(logged).toContain("noise");
  });

  it("neither keeps floe from ending nor outlives it", async () => {
    const { dir, script } = hostScript(`
      const pid = await worker.call("pid");
      console.log(pid);
      if (process.argv[2] === "busy") await worker.call("hang");`);
    const idle = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    const busy = spawn(process.execPath, [script, "busy"], { stdio: ["ignore", "pipe", "inherit"] });
    const [idlePid, busyPid] = await Promise.all(
      [idle, busy].map(async ({ stdout }) => Number(String((await once(stdout, "data"))[0]))),
    );
    const [code] = idle.exitCode === null ? await once(idle, "exit") : [idle.exitCode];
    expect(code).toBe(0);
    for (let tries = 0; !existsSync(join(dir, "hanging")) && tries < 500; tries += 1) await sleep(20);
    busy.kill("SIGKILL");
    for (let tries = 0; [idlePid, busyPid].some(works) && tries < 500; tries += 1) await sleep(20);
    expect([idlePid, busyPid].map(works)).toEqual([false, false]);
  });
});

/** A worker of a real plugin module, in a project whose folder would shadow Python's own modules. */
async function pythonWorker(module: string, log: (line: string) => void): Promise<PythonWorker> {
  const { dir, requirements } = pythonProject(TINY_LOCK);
  mkdirSync(join(dir, "python"));
  writeFileSync(join(dir, "python", "mine.py"), module);
  writeFileSync(join(dir, "types.py"), 'raise SystemExit("the working directory is searched")');
  const silent = () => {};
  const logger = { debug: log, info: silent, warn: silent, error: silent };
  const runtime = createPythonRuntime({ env: process.env, projectDir: dir, logger });
  onTestFinished(() => runtime.close());
  return runtime.startWorker({ requirements, moduleDir: join(dir, "python"), module: "mine" });
}

/** A program that embeds the host and has a worker with `pid` and `hang`. */
function hostScript(body: string): { dir: string; script: string } {
  const { dir, requirements } = pythonProject(TINY_LOCK);
  writeFileSync(
    join(dir, "mine.py"),
    `
import os, time, pathlib
from floe_worker import method

@method
def pid():
    return os.getpid()

@method
def hang():
    pathlib.Path(${JSON.stringify(join(dir, "hanging"))}).touch()
    time.sleep(60)
`,
  );
  const script = join(dir, "host.ts");
  writeFileSync(
    script,
    `import { createPythonRuntime } from ${JSON.stringify(join(import.meta.dirname, "../../src/python/runtime.ts"))};
     const runtime = createPythonRuntime({ env: process.env, projectDir: "." });
     const worker = await runtime.startWorker(${JSON.stringify({ requirements, moduleDir: dir, module: "mine" })});
     ${body}`,
  );
  return { dir, script };
}

/** Whether a process still does something: one that ended but that nobody has asked about doesn't. */
function works(pid: number | undefined): boolean {
  if (pid === undefined || !isRunning(pid)) return false;
  const status = `/proc/${pid}/stat`;
  return !existsSync(status) || !/\) Z /.test(readFileSync(status, "utf8"));
}
