/** What is measured: one large file up and down, and many small ones. */
export const PHASES = ["large up", "large down", "small up", "small down"] as const;
export type Phase = (typeof PHASES)[number];

/** What a subject is told on its stdin, as JSON. */
export interface Task {
  phase: Phase;
  /** A folder with `large`, and the folder `small` with the small files in it. */
  from: string;
  /** A folder where downloads go. */
  to: string;
  /** Where it uploads to and downloads from, below the bucket: each subject has a folder of its own. */
  folder: string;
  /** Names of the small files. */
  names: readonly string[];
  /** Of the store: what it takes to reach it. */
  reach: unknown;
}

/** What a subject prints as its last line. */
export interface Answer {
  /** From the first byte to the last, without the start of its process. */
  seconds: number;
  cpuSeconds: number;
  peakMegabytes: number;
}

export type Work = Record<Phase, () => Promise<unknown>>;

/** Does what was asked for and prints what it took. */
export async function answer(phase: Phase, work: Work): Promise<void> {
  const before = process.cpuUsage();
  const started = performance.now();
  await work[phase]();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  const given: Answer = {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
  console.log(JSON.stringify(given));
}
