import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createPythonRuntime } from "@floe/host";

/** The Python that has pyiceberg, made once into floe's cache. */
export async function pyicebergPython(): Promise<string> {
  const runtime = createPythonRuntime({ env: process.env, projectDir: tmpdir() });
  const { python } = await runtime.environment({
    requirements: join(import.meta.dirname, "pyiceberg", "requirements.txt"),
  });
  return python;
}

/** Answers one line by one line. What the code prints is no answer. */
const PROGRAM = `
import json, sys, traceback
import pyarrow as pa
from pyiceberg.catalog import load_catalog
answers, sys.stdout = sys.stdout, sys.stderr
for line in sys.stdin:
    properties, code, given = json.loads(line)
    try:
        names = {"pa": pa, "catalog": load_catalog("lake", **properties), "given": given, "answer": None}
        exec(code, names)
        told = [names["answer"], None]
    except BaseException:
        told = [None, traceback.format_exc()]
    print(json.dumps(told), file=answers, flush=True)
`;

interface Python {
  child: ChildProcess;
  answers: AsyncIterator<string>;
}

/** One for all, since importing takes seconds; it ends with this process, which it keeps from ending only while it is asked. */
let python: Promise<Python> | undefined;
let last: Promise<unknown> = Promise.resolve();

async function start(): Promise<Python> {
  const child = spawn(await pyicebergPython(), ["-c", PROGRAM], { stdio: ["pipe", "pipe", "inherit"] });
  child.once("close", () => {
    python = undefined;
  });
  return { child, answers: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

/**
 * Runs Python that finds `catalog` (a pyiceberg catalog) and `given` (what was handed in), and gives back what
 * it puts into `answer`.
 */
export function runPyiceberg(
  properties: Readonly<Record<string, string>>,
  code: string,
  given: unknown = null,
): Promise<unknown> {
  const answer = last.then(() => ask(JSON.stringify([properties, code, given])));
  last = answer.catch(() => {});
  return answer;
}

async function ask(question: string): Promise<unknown> {
  python ??= start();
  const { child, answers } = await python;
  hold(child, true);
  try {
    child.stdin?.write(`${question}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error("pyiceberg ended before it answered");
    const [answer, failure] = JSON.parse(value) as [unknown, string | null];
    if (failure !== null) throw new Error(`pyiceberg failed:\n${failure}`);
    return answer;
  } finally {
    hold(child, false);
  }
}

/** Whether this process waits for that one. */
function hold(child: ChildProcess, held: boolean): void {
  for (const one of [child, child.stdin as Socket | null, child.stdout as Socket | null]) {
    if (held) one?.ref();
    else one?.unref();
  }
}
