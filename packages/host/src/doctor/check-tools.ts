import { access, constants, mkdir } from "node:fs/promises";
import { isFloeError } from "@floe/core/contracts";
import { cacheRoot } from "../process/cache-root.ts";
import { runCommand } from "../process/run-command.ts";
import { findInterpreter } from "../python/interpreter.ts";
import { type Check, ok } from "./check.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The Node that floe needs: it strips types, has node:sqlite, and what the SDKs ask for. */
export const LEAST_NODE = "22.18.0";

/** What floe needs of the machine: Node, Python, uv and a cache folder. */
export async function checkTools(env: Environment): Promise<Check[]> {
  return [
    checkNode(process.versions.node),
    ...(await Promise.all([checkPython(env), checkUv(env), checkCache(env)])),
  ];
}

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = LEAST_NODE.split(".").map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor))
    return ok("node", `Node ${version}.`);
  return {
    name: "node",
    status: "failed",
    message: `Node ${version} is too old; floe needs ${LEAST_NODE} or newer.`,
    next: ["Install the current LTS from https://nodejs.org"],
  };
}

async function checkPython(env: Environment): Promise<Check> {
  try {
    const { version, program } = await findInterpreter(env);
    return ok("python", `Python ${version} (${program}).`);
  } catch (error) {
    if (!isFloeError(error)) throw error;
    const { summary, why, next } = error;
    return {
      name: "python",
      status: "failed",
      message: [summary, why].filter(Boolean).join(" "),
      next: [...next],
    };
  }
}

async function checkUv(env: Environment): Promise<Check> {
  try {
    const { stdout } = await runCommand("uv", ["--version"], { env });
    return ok("uv", `${stdout.trim()}.`);
  } catch {
    return ok("uv", "Not on PATH; floe installs its own when a plugin first needs Python.");
  }
}

async function checkCache(env: Environment): Promise<Check> {
  const dir = cacheRoot(env);
  try {
    await mkdir(dir, { recursive: true });
    await access(dir, constants.W_OK);
    return ok("cache", `${dir} is writable.`);
  } catch (error) {
    return {
      name: "cache",
      status: "failed",
      message: `${dir} can't be written: ${(error as Error).message}`,
      next: ["Make the folder writable, or set FLOE_CACHE_DIR to one that is."],
    };
  }
}
