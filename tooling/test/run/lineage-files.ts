import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "@floe/core";

/** The events of all runs of the product in a folder, in order. */
export function lineageOf({ dir }: { dir: string }): RunEvent[] {
  return globSync(".floe/runs/*/lineage.jsonl", { cwd: dir })
    .sort()
    .flatMap((file) => readFileSync(join(dir, file), "utf8").trim().split("\n"))
    .map((line) => JSON.parse(line) as RunEvent);
}

/** By job, the types of its events. */
export function told(events: readonly RunEvent[]): Record<string, string[]> {
  const jobs: Record<string, string[]> = {};
  for (const { job, eventType } of events) jobs[job.name] = [...(jobs[job.name] ?? []), eventType];
  return jobs;
}
