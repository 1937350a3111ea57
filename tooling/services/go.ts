import { execFile } from "node:child_process";
import { setPriority } from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Below everything else: a build takes minutes of all cores, and tests beside it have their time limits. */
const LOW = 10;

interface GoOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  limitMs: number;
}

/** Runs a command of Go's that builds something. */
export async function runGo(
  parameters: readonly string[],
  { limitMs, ...options }: GoOptions,
): Promise<void> {
  const building = run("go", parameters, { ...options, timeout: limitMs });
  // What it starts inherits it.
  if (building.child.pid !== undefined) setPriority(building.child.pid, LOW);
  await building;
}

/** Builds a program of a Go module, `path@version`, into a folder. */
export async function buildByGo(program: string, dir: string, limitMs: number): Promise<void> {
  await runGo(["install", "-ldflags=-s -w", program], { env: { ...process.env, GOBIN: dir }, limitMs });
}
