/** What a subject of the benchmark prints last: its findings, and what it took since its process started. */
export interface Answer {
  /** Failing rows, or the value found, by expectation; null where the tool can't evaluate it. */
  found: Record<string, number | null>;
  cpuSeconds: number;
  peakMegabytes: number;
}

export function answer(found: Record<string, number | null>): void {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const given: Answer = {
    found,
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    peakMegabytes: maxRSS / 1024,
  };
  console.log(JSON.stringify(given));
}
