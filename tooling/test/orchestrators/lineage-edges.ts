import type { RunEvent } from "@floe/core";

/** What lineage says of a product, whoever ran it: each job's datasets, and how its runs ended. */
export interface Edges {
  inputs: string[];
  outputs: string[];
  ends: string[];
}

/** By job. A quality job has a run for dbt's tests and one for checks where these are tasks of their own. */
export function edgesOf(events: readonly RunEvent[]): Record<string, Edges> {
  const jobs = Map.groupBy(events, ({ job }) => `${job.namespace} ${job.name}`);
  const names = (datasets: RunEvent["inputs"]): string[] =>
    (datasets ?? []).map(({ namespace, name }) => `${namespace} ${name}`);
  const unique = (values: readonly string[]): string[] => [...new Set(values)].toSorted();
  return Object.fromEntries(
    [...jobs]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([job, told]) => [
        job,
        {
          inputs: unique(told.flatMap(({ inputs }) => names(inputs))),
          outputs: unique(told.flatMap(({ outputs }) => names(outputs))),
          ends: unique(told.flatMap(({ eventType }) => (eventType === "START" ? [] : [eventType]))),
        },
      ]),
  );
}

/** Runs that don't begin exactly once and end exactly once, and children whose parent isn't the product's run. */
export function brokenRuns(events: readonly RunEvent[], product: string): string[] {
  const parents = new Set(events.filter(({ job }) => job.name === product).map(({ run }) => run.runId));
  return [...Map.groupBy(events, ({ run }) => run.runId)].flatMap(([id, told]) => {
    const job = told[0]?.job.name;
    const starts = told.filter(({ eventType }) => eventType === "START").length;
    const parent = (told[0]?.run.facets?.parent as { run?: { runId?: string } } | undefined)?.run?.runId;
    const lost = job !== product && (parent === undefined || !parents.has(parent));
    return starts === 1 && told.length === 2 && !lost
      ? []
      : [`${job} ${id}: ${told.map((one) => one.eventType)}`];
  });
}
