import { join } from "node:path";
import { FloeError } from "@floe/core/contracts";
import { runCommand } from "../process/run-command.ts";
import { makeFolderOnce } from "./atomic-folder.ts";
import { cacheFailure, diskFull, saysDiskFull } from "./cache-failure.ts";
import type { Interpreter } from "./interpreter.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The version that floe installs where there is none. */
const PINNED = "0.13.9";
/** The oldest that knows every option used here. */
const LEAST = [0, 8] as const;

/**
 * The uv program: the user's own if it is recent enough, else one installed once into the cache.
 *
 * @throws FloeError `PYTHON.ENVIRONMENT_FAILED`, `PYTHON.CACHE_UNWRITABLE`, `PYTHON.DISK_FULL`.
 */
export async function findUv(
  { program }: Interpreter,
  cacheDir: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<string> {
  if (await isRecent("uv", env, signal)) return "uv";
  const dir = join(cacheDir, `uv-${PINNED}`);
  const uv = join(dir, "bin", process.platform === "win32" ? "uv.exe" : "uv");
  try {
    await makeFolderOnce(
      dir,
      async (temporary) => {
        const parameters = [
          "-m",
          "pip",
          "install",
          "--quiet",
          "--no-deps",
          "--target",
          temporary,
          `uv==${PINNED}`,
        ];
        const { exitCode, stderr } = await runCommand(program, parameters, { env, signal });
        if (exitCode === 0) return;
        if (saysDiskFull(stderr)) throw diskFull(cacheDir);
        const noPip = /No module named pip/.test(stderr);
        throw new FloeError(
          "PYTHON.ENVIRONMENT_FAILED",
          "uv, which makes Python environments, couldn't be installed.",
          {
            why: noPip ? `${program} has no pip.` : lastLines(stderr),
            next: ["Install uv yourself: https://docs.astral.sh/uv/getting-started/installation/"],
          },
        );
      },
      signal,
    );
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof FloeError ? error : cacheFailure(error, cacheDir);
  }
  return uv;
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
