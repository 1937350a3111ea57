import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { summary } from "../measure.ts";
import { type Answer, PHASES, type Phase, type Task } from "./task.ts";

/** A tool that moves files, in a process of its own. The first of a store is floe. */
export interface Subject {
  name: string;
  program: string;
  script: string;
}

/** A running store, and what is measured on it. */
export interface BenchedStore extends AsyncDisposable {
  name: string;
  subjects: readonly Subject[];
  /** What the subjects take to reach it. */
  reach: unknown;
  env: Readonly<Record<string, string>>;
}

const STORES: Readonly<Record<string, () => Promise<BenchedStore>>> = {
  s3: async () => (await import("./s3.ts")).s3(),
  gcs: async () => (await import("./gcs.ts")).gcs(),
  azure: async () => (await import("./azure.ts")).azure(),
};

const MIB = 1024 * 1024;
/** FLOE_BENCH_MIB in place of a gigabyte is for trying the benchmark itself. */
const LARGE_MIB = Number(process.env.FLOE_BENCH_MIB ?? 1024);
const SMALL = 2000;
const SMALL_BYTES = 4096;
const ROUNDS = Number(process.env.FLOE_BENCH_ROUNDS ?? 3);

/** A gigabyte up and down, and 2,000 small files, by floe and by the tools that people use for it. */
export async function benchStorage(): Promise<void> {
  const only = process.env.FLOE_BENCH_STORE;
  const dir = mkdtempSync(join(tmpdir(), "floe-bench-"));
  try {
    const names = makeFiles(dir);
    for (const [name, start] of Object.entries(STORES)) {
      if (only !== undefined && only !== name) continue;
      await using store = await start();
      report(store, await runInTurn(store, dir, names));
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Random, for some stores and disks compress. */
function makeFiles(dir: string): string[] {
  mkdirSync(join(dir, "small"));
  for (let index = 0; index < LARGE_MIB; index += 1) {
    writeFileSync(join(dir, "large"), randomBytes(MIB), { flag: "a" });
  }
  return Array.from({ length: SMALL }, (_, index) => {
    const name = `file-${index}`;
    writeFileSync(join(dir, "small", name), randomBytes(SMALL_BYTES));
    return name;
  });
}

type Runs = ReadonlyMap<string, Record<Phase, Answer[]>>;

/** A B C A B C, so that a machine whose speed drifts treats all alike. */
async function runInTurn(store: BenchedStore, from: string, names: readonly string[]): Promise<Runs> {
  const runs = new Map(
    store.subjects.map(({ name }) => [
      name,
      { "large up": [], "large down": [], "small up": [], "small down": [] } as Record<Phase, Answer[]>,
    ]),
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const phase of PHASES) {
      for (const subject of store.subjects) {
        const to = mkdtempSync(join(from, "down-"));
        const task: Task = { phase, from, to, folder: subject.name, names, reach: store.reach };
        runs.get(subject.name)?.[phase].push(await run(subject, task, store.env));
        rmSync(to, { recursive: true });
      }
    }
  }
  return runs;
}

/** @throws Error if it fails: a failure that is fast is no result. */
async function run(
  { name, program, script }: Subject,
  task: Task,
  env: BenchedStore["env"],
): Promise<Answer> {
  const child = spawn(program, [script], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    output += part;
  });
  child.stdin.end(JSON.stringify(task));
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error(`${name}, ${task.phase}, failed with ${status}`);
  return JSON.parse(output.trim().split("\n").at(-1) ?? "") as Answer;
}

function report({ name: store, subjects }: BenchedStore, runs: Runs): void {
  for (const phase of PHASES) {
    const what = phase.startsWith("large")
      ? `${LARGE_MIB} MiB`
      : `${SMALL} files of ${SMALL_BYTES / 1024} KiB`;
    console.log(`\n| ${store}, ${what} ${phase.split(" ")[1]} | s | CPU s | peak MB | x floe's |`);
    console.log("|---|---|---|---|---|");
    const median = (name: string, of: (answer: Answer) => number): number =>
      summary((runs.get(name)?.[phase] ?? []).map(of)).median;
    const floe = median(subjects[0]?.name ?? "", ({ seconds }) => seconds);
    for (const { name } of subjects) {
      const seconds = median(name, (answer) => answer.seconds);
      const cells = [
        name,
        seconds.toFixed(2),
        median(name, ({ cpuSeconds }) => cpuSeconds).toFixed(2),
        median(name, ({ peakMegabytes }) => peakMegabytes).toFixed(0),
        (seconds / floe).toFixed(2),
      ];
      console.log(`| ${cells.join(" | ")} |`);
    }
  }
}
