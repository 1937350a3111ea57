import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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
    ["raises", "reply({ id, error: { message: 'KeyError: x' } });", "PYTHON.CALL_FAILED", /KeyError: x/],
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
    const { dir, requirements } = pythonProject(TINY_LOCK);
    mkdirSync(join(dir, "python"));
    writeFileSync(
      join(dir, "python", "mine.py"),
      'import iniconfig\nfrom floe_worker import method, progress\n\n@method\ndef where(x):\n    print("noise")\n    progress({"at": x})\n    return iniconfig.__name__\n',
    );
    const runtime = createPythonRuntime({ env: process.env, projectDir: dir });
    onTestFinished(() => runtime.close());
    const worker = await runtime.startWorker({
      requirements,
      moduleDir: join(dir, "python"),
      module: "mine",
    });
    const progress: unknown[] = [];
    const onProgress = (value: unknown) => progress.push(value);
    expect(await worker.call("where", { x: 7 }, { onProgress })).toBe("iniconfig");
    expect(progress).toEqual([{ at: 7 }]);
    await expect(worker.call("where")).rejects.toMatchObject({
      code: "PYTHON.CALL_FAILED",
      why: expect.stringMatching(/^TypeError/),
    });
  });
});
