import { rm } from "node:fs/promises";
import { join } from "node:path";
import { FloeError, isFloeError } from "@floe/core/contracts";
import { makeFolderOnce } from "../process/atomic-folder.ts";
import { runCommand } from "../process/run-command.ts";
import { cacheFailure, diskFull, saysDiskFull } from "./cache-failure.ts";
import type { Interpreter } from "./interpreter.ts";
import { withoutPythonSettings } from "./python-variables.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The version that floe installs where there is none. */
const PINNED = "0.13.9";
/** The oldest that knows every option used here. */
const LEAST = [0, 8] as const;

/**
 * The uv program: the user's own if it is 0.8 or newer, else one installed once into the cache.
 *
 * @throws FloeError `PYTHON.ENVIRONMENT_FAILED`, `PYTHON.CACHE_UNWRITABLE`, `PYTHON.DISK_FULL`.
 */
export async function findUv(
  interpreter: Interpreter,
  cacheDir: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<string> {
  if (await isRecent("uv", env, signal)) return "uv";
  const dir = join(cacheDir, `uv-${PINNED}`);
  try {
    await makeFolderOnce(dir, (temporary) => installUv(interpreter, temporary, cacheDir, env, signal), {
      signal,
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw isFloeError(error) ? error : cacheFailure(error, cacheDir);
  }
  return join(dir, "bin", process.platform === "win32" ? "uv.exe" : "uv");
}

async function installUv(
  { program }: Interpreter,
  target: string,
  cacheDir: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<void> {
  // A user's PIP_USER or PIP_REQUIRE_VIRTUALENV would forbid --target. The working directory is on
  // Python's search path, so it must not be the user's.
  const options = {
    env: { ...withoutPythonSettings(env), PIP_USER: "0", PIP_REQUIRE_VIRTUALENV: "0" },
    cwd: target,
    signal,
  };
  const install = (python: string) =>
    runCommand(
      python,
      ["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:", "--target", target].concat(
        `uv==${PINNED}`,
      ),
      options,
    );
  let result = await install(program);
  const hasNoPip = result.exitCode !== 0 && /No module named pip/.test(result.stderr);
  if (hasNoPip) {
    const venv = join(target, "bootstrap");
    result = await runCommand(program, ["-m", "venv", venv], options);
    const bin = process.platform === "win32" ? "Scripts" : "bin";
    if (result.exitCode === 0) result = await install(join(venv, bin, "python"));
    await rm(venv, { recursive: true, force: true });
  }
  if (result.exitCode === 0) return;
  const words = lastLines(result.stderr || result.stdout);
  if (saysDiskFull(words)) throw diskFull(cacheDir, words);
  throw new FloeError(
    "PYTHON.ENVIRONMENT_FAILED",
    "uv, which makes Python environments, couldn't be installed.",
    {
      why: hasNoPip ? `${program} has no pip. ${words}` : words,
      next: [
        ...(hasNoPip ? ["Give it pip: apt-get install python3-pip | python3 -m ensurepip"] : []),
        "Or install uv yourself: https://docs.astral.sh/uv/getting-started/installation/",
      ],
    },
  );
}

async function isRecent(uv: string, env: Environment, signal?: AbortSignal): Promise<boolean> {
  try {
    const { stdout } = await runCommand(uv, ["--version"], { env, signal });
    const [major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(stdout)?.slice(1).map(Number) ?? [];
    return major > LEAST[0] || minor >= LEAST[1];
  } catch {
    signal?.throwIfAborted();
    return false;
  }
}

/** The end of a tool's output: where it says what went wrong. */
export function lastLines(text: string): string {
  return text.trim().split("\n").slice(-6).join("\n").slice(-1000);
}
