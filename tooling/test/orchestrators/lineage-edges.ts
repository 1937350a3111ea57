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

/** What the end of each job says beside its edges: facets of the job, its run, and its datasets. By job. */
export function factsOf(events: readonly RunEvent[]): Record<string, unknown> {
  const ends = events.filter(({ eventType }) => eventType !== "START");
  const named = (datasets: RunEvent["inputs"]) =>
    Object.fromEntries(
      (datasets ?? [])
        .map(({ namespace, name, ...facets }) => [`${namespace} ${name}`, inOrder(facets)] as const)
        .toSorted(([a], [b]) => a.localeCompare(b)),
    );
  const jobs = ends
    .toSorted((a, b) => a.job.name.localeCompare(b.job.name))
    .map(({ job, run, inputs, outputs }): [string, unknown] => {
      const { parent: _, test: __, ...facets } = run.facets ?? {};
      return [job.name, { job: job.facets, run: facets, inputs: named(inputs), outputs: named(outputs) }];
    });
  return Object.fromEntries(jobs);
}

/**
 * What is the same in two runs of the same. dbt tests in parallel, so that the order in which tests end says
 * nothing; and the same rows in another order make a file of some bytes more or less.
 */
function inOrder(facets: object): object {
  const comparable = (key: string, value: unknown) => {
    if (key === "assertions" && Array.isArray(value))
      return value.toSorted((a, b) => a.name.localeCompare(b.name));
    return key === "size" && typeof value === "number" ? value > 0 : value;
  };
  return JSON.parse(JSON.stringify(facets, comparable));
}

/** Runs that don't begin exactly once and end exactly once, and children whose parent isn't the product's run. */
export function brokenRuns(told: readonly RunEvent[], product: string): string[] {
  // A sender that ends before it has noted the answer sends the same event again, and receivers take it as one.
  const events = [...new Map(told.map((event) => [JSON.stringify(event), event])).values()];
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
