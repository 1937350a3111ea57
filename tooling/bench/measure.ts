import { spawnSync } from "node:child_process";

export interface Measurement {
  /** Milliseconds of wall time, from spawn to exit. */
  median: number;
  min: number;
  max: number;
}

/** A command to time, by a name for the table. */
export interface Subject {
  name: string;
  program: string;
  parameters: readonly string[];
  cwd: string;
}

/**
 * Times commands in turn, A B C A B C, so that a machine whose speed drifts treats all alike.
 *
 * @throws Error if one of them fails: a failure that is fast is no result.
 */
export function measure(subjects: readonly Subject[], rounds: number): Map<string, Measurement> {
  const times = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, program, parameters, cwd } of subjects) {
      const started = performance.now();
      const { status, stderr } = spawnSync(program, parameters, { cwd, encoding: "utf8" });
      const took = performance.now() - started;
      if (status !== 0) throw new Error(`${name} failed with ${status}: ${stderr}`);
      // The first round warms the caches of the disk and of compiled code.
      if (round >= 0) times.get(name)?.push(took);
    }
  }
  return new Map([...times].map(([name, all]) => [name, summary(all)]));
}

export function summary(times: readonly number[]): Measurement {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? 0;
  return { median: at(Math.floor(sorted.length / 2)), min: at(0), max: at(sorted.length - 1) };
}
