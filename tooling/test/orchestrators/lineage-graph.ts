import type { RunEvent } from "@floe/core";

/**
 * What lineage says whoever ran the product: each job with its end, what it reads and writes. Without ids,
 * times, and the folder that the product was in.
 */
export function lineageGraph(events: readonly RunEvent[], folder: string): string[] {
  const name = (one: { namespace: string; name: string }) =>
    `${one.namespace}:${one.name.replace(`${folder}/`, "")}`;
  return events
    .filter(({ eventType }) => eventType !== "START")
    .map(({ job, eventType, inputs = [], outputs = [] }) =>
      [
        job.namespace,
        job.name,
        eventType,
        inputs.map(name).sort().join(","),
        outputs.map(name).sort().join(","),
      ].join(" | "),
    )
    .sort();
}

/** The type of each event by job: one START and one end each. */
export function lineageBalance(events: readonly RunEvent[]): Record<string, string[]> {
  const jobs: Record<string, string[]> = {};
  for (const { job, eventType } of events) jobs[job.name] = [...(jobs[job.name] ?? []), eventType];
  return jobs;
}
