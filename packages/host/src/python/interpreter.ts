import { FloeError } from "@floe/core/contracts";
import { runCommand } from "../process/run-command.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Interpreter {
  /** The absolute path of the program itself, behind any shim, so that every tool means the same one. */
  program: string;
  /** `3.11.7` */
  version: string;
  /** What compiled packages are made for: `linux-x86_64 .cpython-311-x86_64-linux-gnu.so`. */
  platform: string;
}

/** The oldest Python that floe's workers run on. */
export const LEAST_PYTHON = "3.10";
const LEAST_MINOR = 10;

// The plain names come after the exact ones: `python3` may be anything, 3.11 is what locks are tested on.
const NAMES = ["python3.11", "python3.12", "python3.13", "python3.10", "python3", "python"];

const PROBE = `import sys, sysconfig
print(".".join(map(str, sys.version_info[:3])))
print(sysconfig.get_platform(), sysconfig.get_config_var("EXT_SUFFIX"))
print(sys.executable)`;

/**
 * Finds a Python for environments: FLOE_PYTHON, else the first suitable one on PATH.
 *
 * @throws FloeError `PYTHON.NOT_FOUND`.
 */
export async function findInterpreter(env: Environment, signal?: AbortSignal): Promise<Interpreter> {
  const seen: string[] = [];
  for (const program of env.FLOE_PYTHON ? [env.FLOE_PYTHON] : NAMES) {
    const found = await probe(program, env, signal);
    if (found === undefined) continue;
    const [major, minor] = found.version.split(".").map(Number);
    if (major === 3 && (minor ?? 0) >= LEAST_MINOR) return found;
    seen.push(`${program} is ${found.version}`);
  }
  const chosen = env.FLOE_PYTHON;
  throw new FloeError("PYTHON.NOT_FOUND", `No Python ${LEAST_PYTHON} or newer was found.`, {
    why:
      seen.length > 0
        ? `${seen.join(", ")}.`
        : chosen
          ? `FLOE_PYTHON names ${chosen}, which can't be run.`
          : `Looked on PATH for ${NAMES.join(", ")}.`,
    next: [
      "Install Python 3.11: apt-get install python3 | brew install python@3.11 | winget install Python.Python.3.11",
      "Or set FLOE_PYTHON to the path of one.",
    ],
  });
}

async function probe(
  program: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<Interpreter | undefined> {
  try {
    const { exitCode, stdout } = await runCommand(program, ["-I", "-c", PROBE], { env, signal });
    const [version, platform, executable] = stdout.trim().split(/\r?\n/);
    if (exitCode !== 0 || version === undefined || platform === undefined) return undefined;
    return { program: executable || program, version, platform };
  } catch (error) {
    signal?.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined;
  }
}
