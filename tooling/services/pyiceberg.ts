import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPythonRuntime } from "@floe/host";

/** The Python that has pyiceberg, made once into floe's cache. */
export async function pyicebergPython(): Promise<string> {
  const runtime = createPythonRuntime({ env: process.env, projectDir: tmpdir() });
  const { python } = await runtime.environment({
    requirements: join(import.meta.dirname, "pyiceberg", "requirements.txt"),
  });
  return python;
}

/**
 * Runs Python that finds `catalog` (a pyiceberg catalog) and `given` (what was handed in), and gives back what
 * it puts into `answer`.
 */
export async function runPyiceberg(
  properties: Readonly<Record<string, string>>,
  code: string,
  given: unknown = null,
): Promise<unknown> {
  const program = `
import json, sys
import pyarrow as pa
from pyiceberg.catalog import load_catalog
properties, given = json.load(sys.stdin)
catalog = load_catalog("lake", **properties)
answer = None
${code}
print("\\n" + json.dumps(answer))
`;
  const child = spawn(await pyicebergPython(), ["-c", program], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(JSON.stringify([properties, given]));
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("error", reject);
  child.once("close", resolve);
  const exitCode = await promise;
  if (exitCode !== 0) throw new Error(`pyiceberg ended with ${exitCode}:\n${stderr.slice(-5000)}`);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "null");
}
