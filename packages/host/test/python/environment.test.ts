import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { cacheRoot } from "../../src/process/cache-root.ts";
import { runCommand } from "../../src/process/run-command.ts";
import { makeEnvironment } from "../../src/python/environment.ts";
import { findInterpreter } from "../../src/python/interpreter.ts";
import { createPythonRuntime } from "../../src/python/runtime.ts";
import { findUv } from "../../src/python/uv.ts";
import { fakeProgram, pythonProject, TINY_LOCK } from "./support.ts";

const interpreter = await findInterpreter(process.env);
// The user's own cache has uv; a test's cache is empty, and must not install it each time.
const uv = await findUv(interpreter, cacheRoot(process.env), process.env);
const withUv = (dir: string): Record<string, string | undefined> => ({
  ...process.env,
  PATH: `${fakeProgram(dir, "uv", `exec "${uv}" "$@"`)}:${process.env.PATH}`,
});
const leftovers = (cacheDir: string): string[] =>
  existsSync(cacheDir)
    ? readdirSync(cacheDir, { recursive: true })
        .map(String)
        .filter((name) => name.includes(".making-"))
    : [];

describe("a Python environment", () => {
  it("is made once, complete, and found from then on", async () => {
    const { dir, requirements, cacheDir } = pythonProject();
    const made: string[] = [];
    const make = () =>
      makeEnvironment(
        { requirements },
        { interpreter, cacheDir, env: withUv(dir), onMake: (key) => made.push(key) },
      );
    const environment = await make();
    expect(await make()).toMatchObject({ key: environment.key });
    expect(made).toEqual([environment.key]);
    const { stdout } = await runCommand(environment.python, [
      "-c",
      "import iniconfig, sys; print(sys.prefix)",
    ]);
    expect(stdout.trim()).toBe(environment.dir);
    expect(leftovers(cacheDir)).toEqual([]);
  });

  it("is made once by two processes that ask at the same time", async () => {
    const { dir, requirements, cacheDir } = pythonProject();
    const script = join(dir, "make.ts");
    writeFileSync(
      script,
      `import { createPythonRuntime } from ${JSON.stringify(join(import.meta.dirname, "../../src/python/runtime.ts"))};
       const info = (message) => console.log(message.startsWith("Making") ? "made" : "waited");
       const runtime = createPythonRuntime({ env: process.env, projectDir: ".", logger: { info } });
       console.log((await runtime.environment({ requirements: ${JSON.stringify(requirements)} })).key);`,
    );
    const env = { ...withUv(dir), FLOE_CACHE_DIR: cacheDir };
    const runs = await Promise.all([1, 2].map(() => runCommand(process.execPath, [script], { env })));
    expect(runs.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
      [0, ""],
      [0, ""],
    ]);
    const lines = runs.flatMap(({ stdout }) => stdout.trim().split("\n"));
    expect(lines.filter((line) => line === "made")).toHaveLength(1);
    expect(new Set(lines.filter((line) => line !== "made" && line !== "waited")).size).toBe(1);
    expect(leftovers(cacheDir)).toEqual([]);
  });

  it("is made anew after a process was killed half-way", async () => {
    const { dir, requirements, cacheDir } = pythonProject();
    const bin = join(dir, "bin");
    mkdirSync(bin);
    // A uv that never gets to the end of its installation.
    fakeProgram(
      bin,
      "uv",
      `case "$1" in --version) echo "uv 9.9.9";; venv) exec "${uv}" "$@";; *) echo $$ > "${dir}/installing"; exec sleep 60;; esac`,
    );
    const script = join(dir, "make.ts");
    writeFileSync(
      script,
      `import { createPythonRuntime } from ${JSON.stringify(join(import.meta.dirname, "../../src/python/runtime.ts"))};
       await createPythonRuntime({ env: process.env, projectDir: "." }).environment({ requirements: ${JSON.stringify(requirements)} });`,
    );
    const child = spawn(process.execPath, [script], {
      env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, FLOE_CACHE_DIR: cacheDir },
    });
    const installing = (): string =>
      existsSync(join(dir, "installing")) ? readFileSync(join(dir, "installing"), "utf8").trim() : "";
    for (let tries = 0; installing() === "" && tries < 500; tries += 1) await sleep(20);
    // Of floe alone: the installer that it started doesn't notice, and must not be in the way.
    child.kill("SIGKILL");
    await once(child, "exit");
    onTestFinished(() => void process.kill(Number(installing()), "SIGKILL"));
    expect(leftovers(cacheDir).length).toBeGreaterThan(0);
    // Another process's, of another environment: what nobody is making any more is removed as well.
    mkdirSync(join(cacheDir, "python", "0123.making-1-a"));

    const environment = await makeEnvironment({ requirements }, { interpreter, cacheDir, env: withUv(dir) });
    const { exitCode } = await runCommand(environment.python, ["-c", "import iniconfig"]);
    expect(exitCode).toBe(0);
    expect(leftovers(cacheDir)).toEqual([]);
  });

  it("is made anew when its Python is gone", async () => {
    const { dir, requirements, cacheDir } = pythonProject();
    const options = { interpreter, cacheDir, env: withUv(dir) };
    const { python } = await makeEnvironment({ requirements }, options);
    unlinkSync(python);
    symlinkSync("/nowhere/python3", python);
    await makeEnvironment({ requirements }, options);
    expect((await runCommand(python, ["-c", "import iniconfig"])).exitCode).toBe(0);
    expect(leftovers(cacheDir)).toEqual([]);
  });

  it("doesn't take the settings of whoever makes it", async () => {
    const { dir, requirements, cacheDir } = pythonProject();
    const env = {
      ...withUv(dir),
      PYTHONHOME: "/nowhere",
      PYTHONDONTWRITEBYTECODE: "1",
      UV_SYSTEM_PYTHON: "1",
    };
    const environment = await makeEnvironment({ requirements }, { interpreter, cacheDir, env });
    const compiled = readdirSync(environment.dir, { recursive: true }).map(String);
    expect(compiled.some((name) => /iniconfig.__pycache__.__init__.*\.pyc$/.test(name))).toBe(true);
  });

  it("takes a lock that pins a package for several Pythons", async () => {
    const { dir, requirements, cacheDir } = pythonProject(
      `${TINY_LOCK.replace("2.1.0", '2.1.0 ; python_version >= "3.8"')}${TINY_LOCK.replace("2.1.0", '2.0.0 ; python_version < "3.8"')}`,
    );
    const { python } = await makeEnvironment({ requirements }, { interpreter, cacheDir, env: withUv(dir) });
    const { stdout } = await runCommand(python, [
      "-c",
      "from importlib.metadata import version; print(version('iniconfig'))",
    ]);
    expect(stdout.trim()).toBe("2.1.0");
  });

  it("tells when the cache can't be written", async () => {
    const { dir, requirements } = pythonProject();
    // A file where the folder should be stops also those whom permissions don't, such as root.
    const cacheDir = join(dir, "file");
    writeFileSync(cacheDir, "");
    await expect(
      makeEnvironment({ requirements }, { interpreter, cacheDir, env: withUv(dir) }),
    ).rejects.toMatchObject({
      code: "PYTHON.CACHE_UNWRITABLE",
      next: [expect.stringContaining("FLOE_CACHE_DIR")],
    });
  });

  it("tells when the cache is read-only", async () => {
    const { dir, requirements, cacheDir } = pythonProject();
    mkdirSync(cacheDir);
    chmodSync(cacheDir, 0o555);
    chmodSync(dir, 0o755);
    const script = join(dir, "make.ts");
    writeFileSync(
      script,
      `import { createPythonRuntime } from ${JSON.stringify(join(import.meta.dirname, "../../src/python/runtime.ts"))};
       const runtime = createPythonRuntime({ env: process.env, projectDir: "." });
       await runtime.environment({ requirements: ${JSON.stringify(requirements)} }).catch(({ code }) => console.log(code));`,
    );
    // Permissions don't bind root, so root asks as somebody else.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const child = spawn(process.execPath, [script], {
      env: { ...process.env, FLOE_CACHE_DIR: cacheDir, FLOE_PYTHON: "/usr/bin/python3" },
      ...nobody,
    });
    const output: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (text: string) => output.push(text));
    await once(child, "close");
    expect(output.join("").trim()).toBe("PYTHON.CACHE_UNWRITABLE");
  });

  it("tells when the disk is full, and leaves nothing behind", async () => {
    const { dir, requirements, cacheDir } = pythonProject();
    // What uv prints when the system answers ENOSPC.
    fakeProgram(
      dir,
      "uv",
      'case "$1" in --version) echo "uv 9.9.9";; venv) exit 0;; *) echo "error: failed to write: No space left on device (os error 28)" >&2; exit 2;; esac',
    );
    const env = { ...process.env, PATH: `${dir}:${process.env.PATH}` };
    await expect(makeEnvironment({ requirements }, { interpreter, cacheDir, env })).rejects.toMatchObject({
      code: "PYTHON.DISK_FULL",
    });
    expect(leftovers(cacheDir)).toEqual([]);
  });

  // A real disk of 64 KiB, in a mount namespace of its own, which needs Linux and the leave to make one.
  const canMount = spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;
  it.skipIf(!canMount && process.env.CI !== "true")(
    "tells when a real disk is full (skipped where `unshare -rm` can't mount one)",
    async () => {
      const { dir, requirements, cacheDir } = pythonProject();
      mkdirSync(cacheDir);
      const script = join(dir, "make.ts");
      writeFileSync(
        script,
        `import { readdirSync } from "node:fs";
         import { createPythonRuntime } from ${JSON.stringify(join(import.meta.dirname, "../../src/python/runtime.ts"))};
         const runtime = createPythonRuntime({ env: process.env, projectDir: "." });
         await runtime.environment({ requirements: ${JSON.stringify(requirements)} })
           .catch(({ code }) => console.log(code, readdirSync(process.env.FLOE_CACHE_DIR + "/python").length));`,
      );
      const { stdout, stderr } = await runCommand(
        "unshare",
        [
          "-rm",
          "sh",
          "-c",
          `mount -t tmpfs -o size=64k tmpfs "$1" && exec "$2" "$3"`,
          "sh",
          cacheDir,
          process.execPath,
          script,
        ],
        { env: { ...withUv(dir), FLOE_CACHE_DIR: cacheDir } },
      );
      // What remains is the empty lock file.
      expect([stdout.trim(), stderr]).toEqual(["PYTHON.DISK_FULL 1", ""]);
    },
  );

  it("tells what the installer said", async () => {
    const { dir, requirements, cacheDir } = pythonProject(
      `iniconfig==2.1.0 --hash=sha256:${"0".repeat(64)}\n`,
    );
    await expect(
      makeEnvironment({ requirements }, { interpreter, cacheDir, env: withUv(dir) }),
    ).rejects.toMatchObject({
      code: "PYTHON.ENVIRONMENT_FAILED",
      why: expect.stringMatching(/sha256/),
    });
  });

  it("stops being made when it is no longer wanted", async () => {
    const { dir, requirements, cacheDir } = pythonProject();
    fakeProgram(dir, "uv", 'case "$1" in --version) echo "uv 9.9.9";; *) exec sleep 60;; esac');
    const env = { ...process.env, PATH: `${dir}:${process.env.PATH}` };
    const controller = new AbortController();
    const making = makeEnvironment(
      { requirements },
      { interpreter, cacheDir, env, signal: controller.signal },
    );
    setTimeout(() => controller.abort(new Error("enough")), 200);
    await expect(making).rejects.toThrow("enough");
    expect(leftovers(cacheDir)).toEqual([]);
  });
});

describe("uv", () => {
  const environment = (dir: string) => ({ PATH: `${dir}:/usr/bin:/bin` });

  it("that is too old is passed over for one that floe installs, by way of a venv where pip is missing", async () => {
    const { dir, cacheDir } = pythonProject();
    mkdirSync(cacheDir);
    fakeProgram(dir, "uv", "echo uv 0.7.22");
    const pip = `shift 6; mkdir -p "$2/bin"; touch "$2/bin/uv"`;
    fakeProgram(
      dir,
      "python",
      `if [ "$2" = venv ]; then mkdir -p "$3/bin"; printf '#!/bin/sh\n%s\n' '${pip}' > "$3/bin/python"; chmod +x "$3/bin/python"; else echo "No module named pip" >&2; exit 1; fi`,
    );
    const python = { ...interpreter, program: join(dir, "python") };
    const found = await findUv(python, cacheDir, environment(dir));
    expect(found).toBe(join(cacheDir, "uv-0.13.9", "bin", "uv"));
    expect(readdirSync(join(cacheDir, "uv-0.13.9"))).toEqual(["bin"]);
  });

  it("that can't be installed is told with both ways out", async () => {
    const { dir, cacheDir } = pythonProject();
    fakeProgram(dir, "uv", "exit 1");
    fakeProgram(dir, "python", 'echo "No module named pip, nor ensurepip" >&2; exit 1');
    const python = { ...interpreter, program: join(dir, "python") };
    await expect(findUv(python, cacheDir, environment(dir))).rejects.toMatchObject({
      code: "PYTHON.ENVIRONMENT_FAILED",
      why: expect.stringContaining("has no pip"),
      next: [expect.stringContaining("python3-pip"), expect.stringContaining("install uv yourself")],
    });
    expect(leftovers(cacheDir)).toEqual([]);
  });
});

describe("the interpreter", () => {
  it("that isn't there is told with what to install", async () => {
    const env = { PATH: "/nowhere" };
    await expect(findInterpreter(env)).rejects.toMatchObject({
      code: "PYTHON.NOT_FOUND",
      next: [expect.stringContaining("apt-get install"), expect.stringContaining("FLOE_PYTHON")],
    });
    const runtime = createPythonRuntime({ env, projectDir: "." });
    const worker = await runtime.startWorker({ requirements: "/x", moduleDir: "/x", module: "x" });
    await expect(worker.call("x")).rejects.toMatchObject({ code: "PYTHON.NOT_FOUND" });
  });

  it("that is too old, or named wrongly, is told as such", async () => {
    const { dir } = pythonProject();
    fakeProgram(dir, "python3", "echo 3.7.1; echo linux-x86_64");
    await expect(findInterpreter({ PATH: dir })).rejects.toMatchObject({
      why: expect.stringContaining("python3 is 3.7.1"),
    });
    await expect(findInterpreter({ ...process.env, FLOE_PYTHON: "/nowhere/python" })).rejects.toMatchObject({
      why: "FLOE_PYTHON names /nowhere/python, which can't be run.",
    });
  });
});
