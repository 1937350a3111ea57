import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  FloeError,
  isFloeError,
  type PythonEnvironment,
  type PythonEnvironmentSpec,
} from "@floe/core/contracts";
import { makeFolderOnce } from "../process/atomic-folder.ts";
import { runCommand } from "../process/run-command.ts";
import { cacheFailure, diskFull, saysDiskFull } from "./cache-failure.ts";
import type { Interpreter } from "./interpreter.ts";
import { withoutPythonSettings } from "./python-variables.ts";
import { mergeRequirements } from "./requirements.ts";
import { findUv, lastLines } from "./uv.ts";

/** Part of every key: a new way of making environments must not find those of the old. */
const LAYOUT = "1";

export interface EnvironmentOptions {
  interpreter: Interpreter;
  /** floe's cache folder. */
  cacheDir: string;
  env: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal | undefined;
  /** Told when the environment isn't there yet and is being made. */
  onMake?: (key: string) => void;
  /** Told when another process is making it. */
  onWait?: ((key: string) => void) | undefined;
}

/** The environment's key and folder, without making it. */
export async function locateEnvironment(
  spec: PythonEnvironmentSpec,
  { interpreter, cacheDir }: Pick<EnvironmentOptions, "interpreter" | "cacheDir">,
): Promise<PythonEnvironment & { requirements: string; hashed: boolean }> {
  const { text, hashed } = await mergeRequirements(spec);
  const python = interpreter.version.split(".").slice(0, 2).join(".");
  const key = createHash("sha256")
    .update(JSON.stringify([LAYOUT, python, interpreter.platform, text]))
    .digest("hex")
    .slice(0, 24);
  const dir = join(cacheDir, "python", key);
  const bin = process.platform === "win32" ? "Scripts" : "bin";
  const suffix = process.platform === "win32" ? ".exe" : "";
  return {
    key,
    dir,
    python: join(dir, bin, `python${suffix}`),
    script: (name) => join(dir, bin, `${name}${suffix}`),
    requirements: text,
    hashed,
  };
}

/** See `PythonRuntime.environment`. */
export async function makeEnvironment(
  spec: PythonEnvironmentSpec,
  { interpreter, cacheDir, env, signal, onMake, onWait }: EnvironmentOptions,
): Promise<PythonEnvironment> {
  const environment = await locateEnvironment(spec, { interpreter, cacheDir });
  try {
    await mkdir(join(cacheDir, "python"), { recursive: true });
    await makeFolderOnce(
      environment.dir,
      async (temporary) => {
        onMake?.(environment.key);
        const uv = await findUv(interpreter, cacheDir, env, signal);
        const requirements = join(temporary, "requirements.txt");
        const run = async (...parameters: string[]): Promise<void> => {
          const { exitCode, stderr } = await runCommand(uv, parameters, {
            env: {
              ...withoutPythonSettings(env),
              // uv would fetch interpreters from outside of the package index; the user's own is meant.
              UV_PYTHON_DOWNLOADS: "never",
              UV_NO_PROGRESS: "1",
            },
            // Not in the user's project, whose own settings for uv aren't every project's.
            cwd: temporary,
            signal,
          });
          if (exitCode !== 0) throw installFailure(stderr, cacheDir);
        };
        // Relocatable, because it is made under another name than it gets.
        await run(
          "venv",
          "--quiet",
          "--relocatable",
          "--allow-existing",
          "--python",
          interpreter.program,
          temporary,
        );
        await writeFile(requirements, environment.requirements);
        await run(
          "pip",
          "sync",
          "--quiet",
          "--compile-bytecode",
          ...(environment.hashed ? ["--require-hashes"] : []),
          "--allow-empty-requirements",
          "--python",
          temporary,
          requirements,
        );
      },
      {
        signal,
        onWait: () => onWait?.(environment.key),
        // Its interpreter is a link, which leads nowhere once that Python was uninstalled or upgraded.
        isUsable: () => existsSync(environment.python),
      },
    );
  } catch (error) {
    signal?.throwIfAborted();
    throw isFloeError(error) ? error : cacheFailure(error, cacheDir);
  }
  const { key, dir, python, script } = environment;
  return { key, dir, python, script };
}

function installFailure(stderr: string, cacheDir: string): FloeError {
  if (saysDiskFull(stderr)) return diskFull(cacheDir, lastLines(stderr));
  return new FloeError("PYTHON.ENVIRONMENT_FAILED", "A Python environment couldn't be made.", {
    why: lastLines(stderr),
    next: [
      "Check that the package index can be reached. uv reads UV_DEFAULT_INDEX, HTTPS_PROXY and SSL_CERT_FILE, not pip's settings.",
      "floe doctor",
    ],
  });
}
