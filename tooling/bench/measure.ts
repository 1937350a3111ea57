import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The command as it stands in the repository. */
export const SOURCE_FLOE: string = join(
  import.meta.dirname,
  "..",
  "..",
  "packages",
  "cli",
  "bin",
  "floe.cjs",
);

/** Per second, in what Linux tells programs. */
const CLOCK_TICKS = 100;

export interface Measurement {
  /** Milliseconds of wall time, from spawn to exit. */
  median: number;
  min: number;
  max: number;
  /** Median of the processor's time of the process and all that it waited for, in seconds. Linux only. */
  cpuSeconds?: number;
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
export function floeSubject(
  name: string,
  words: readonly string[],
  cwd: string,
  floe = SOURCE_FLOE,
): Subject {
  const hook = ["--import", join(import.meta.dirname, "peak-memory.mjs")];
  const parameters = [...(process.platform === "linux" ? hook : []), floe, ...words];
  return { name, program: process.execPath, parameters, cwd };
}

/**
 * Times commands in turn, A B C A B C, so that a machine whose speed drifts treats all alike.
 *
 * @throws Error if one of them fails: a failure that is fast is no result.
 */
export function measure(subjects: readonly Subject[], rounds: number): Map<string, Measurement> {
  const times = new Map<string, Timing[]>(subjects.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const subject of subjects) {
      const timing = time(subject);
      // The first round warms the caches of the disk and of compiled code.
      if (round >= 0) times.get(subject.name)?.push(timing);
    }
  }
  return new Map([...times].map(([name, all]) => [name, measurementOf(all)]));
}

/** One run of a command. */
export interface Timing {
  ms: number;
  cpuSeconds?: number;
  peakMegabytes?: number;
}

/** What several runs of the same come to. */
export function measurementOf(timings: readonly Timing[]): Measurement {
  const cpu = timings.flatMap(({ cpuSeconds }) => cpuSeconds ?? []);
  const peaks = timings.flatMap(({ peakMegabytes }) => peakMegabytes ?? []);
  return {
    ...summary(timings.map(({ ms }) => ms)),
    ...(cpu.length === 0 ? {} : { cpuSeconds: summary(cpu).median }),
    ...(peaks.length === 0 ? {} : { peakMegabytes: Math.max(...peaks) }),
  };
}

/** Runs a command once. @throws Error if it fails. */
export function time(subject: Subject): Timing {
  const { name, program, parameters, cwd, env, before } = subject;
  const dir = mkdtempSync(join(tmpdir(), "floe-bench-peak-"));
  const file = join(dir, "peak");
  try {
    before?.();
    const cpu = childrensCpuSeconds();
    const started = performance.now();
    const { status, stdout, stderr } = spawnSync(program, parameters, {
      cwd,
      encoding: "utf8",
      maxBuffer: 1 << 28,
      env: { ...process.env, ...env, FLOE_BENCH_PEAK: file },
    });
    const ms = performance.now() - started;
    if (status !== 0) throw new Error(`${name} failed with ${status}: ${stderr}${stdout}`);
    const spent = cpu === undefined ? {} : { cpuSeconds: (childrensCpuSeconds() ?? 0) - cpu };
    return { ms, ...spent, ...peakIn(file) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Of all processes that ended below this one so far, and that were waited for. */
function childrensCpuSeconds(): number | undefined {
  if (process.platform !== "linux") return undefined;
  const stat = readFileSync("/proc/self/stat", "utf8");
  // Behind the name, which may hold anything: state is the third field, cutime and cstime are 16 and 17.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / CLOCK_TICKS;
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
