import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const floe = join(import.meta.dirname, "..", "..", "packages", "cli", "bin", "floe.cjs");

export interface Measurement {
  /** Milliseconds of wall time, from spawn to exit. */
  median: number;
  min: number;
  max: number;
  /** Of a floe process alone, without its workers, in MB: the most of all rounds. Linux only. */
  peakMegabytes?: number;
}

/** A command to time, by a name for the table. */
export interface Subject {
  name: string;
  program: string;
  parameters: readonly string[];
  cwd: string;
  env?: Readonly<Record<string, string>>;
  /** Done before each time, and not timed. */
  before?: () => void;
}

/** A command of floe as a subject. */
export function floeSubject(name: string, words: readonly string[], cwd: string): Subject {
  const hook = ["--import", join(import.meta.dirname, "peak-memory.ts")];
  const parameters = [...(process.platform === "linux" ? hook : []), floe, ...words];
  return { name, program: process.execPath, parameters, cwd };
}

/**
 * Times commands in turn, A B C A B C, so that a machine whose speed drifts treats all alike.
 *
 * @throws Error if one of them fails: a failure that is fast is no result.
 */
export function measure(subjects: readonly Subject[], rounds: number): Map<string, Measurement> {
  const times = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  const peaks = new Map<string, number>();
  for (let round = -1; round < rounds; round += 1) {
    for (const subject of subjects) {
      const { ms, peakMegabytes } = time(subject);
      // The first round warms the caches of the disk and of compiled code.
      if (round < 0) continue;
      times.get(subject.name)?.push(ms);
      if (peakMegabytes !== undefined)
        peaks.set(subject.name, Math.max(peakMegabytes, peaks.get(subject.name) ?? 0));
    }
  }
  return new Map(
    [...times].map(([name, all]): [string, Measurement] => {
      const peakMegabytes = peaks.get(name);
      return [name, { ...summary(all), ...(peakMegabytes === undefined ? {} : { peakMegabytes }) }];
    }),
  );
}

/** Runs a command once. @throws Error if it fails. */
export function time(subject: Subject): { ms: number; peakMegabytes?: number } {
  const { name, program, parameters, cwd, env, before } = subject;
  const dir = mkdtempSync(join(tmpdir(), "floe-bench-peak-"));
  const file = join(dir, "peak");
  try {
    before?.();
    const started = performance.now();
    const { status, stdout, stderr } = spawnSync(program, parameters, {
      cwd,
      encoding: "utf8",
      maxBuffer: 1 << 28,
      env: { ...process.env, ...env, FLOE_BENCH_PEAK: file },
    });
    const ms = performance.now() - started;
    if (status !== 0) throw new Error(`${name} failed with ${status}: ${stderr}${stdout}`);
    return { ms, ...peakIn(file) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function peakIn(file: string): { peakMegabytes?: number } {
  try {
    return { peakMegabytes: Number(readFileSync(file, "utf8").trim()) / 1024 };
  } catch {
    return {};
  }
}

export function summary(times: readonly number[]): Measurement {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? 0;
  return { median: at(Math.floor(sorted.length / 2)), min: at(0), max: at(sorted.length - 1) };
}
