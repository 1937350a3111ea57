import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import {
  createFacet,
  createRunEvent,
  type InputDataset,
  type JobFacets,
  type OutputDataset,
  type RunEvent,
  type RunFacets,
} from "@floe/core";
import { v5 as uuidFrom } from "uuid";
import type { SecretMask } from "../secrets/mask.ts";
import { version } from "../version.ts";

/** URI of what makes the events, with its version, as OpenLineage asks for. */
export const PRODUCER = `https://github.com/floe-platform/floe/tree/v${version}/packages/host`;

export type EndType = "COMPLETE" | "FAIL" | "ABORT";

/** What a job's event says beside its run and name. */
export interface EventContent {
  runFacets?: RunFacets;
  jobFacets?: JobFacets;
  inputs?: readonly InputDataset[];
  outputs?: readonly OutputDataset[];
  /** Default: now. */
  at?: Date;
}

export interface RecorderOptions {
  /** The run's file of events, one JSON a line; undefined where lineage is switched off. */
  file: string | undefined;
  /** The floe run's id, which is the parent run's. */
  runId: string;
  namespace: string;
  /** The parent job: the product. */
  product: string;
  mask: SecretMask;
  /** Told once, when events can't be written any more. */
  onFailure: (error: Error) => void;
}

/**
 * Writes a run's OpenLineage events into its folder, from where they are delivered.
 *
 * The file is the only truth about what was said: a run that is taken up again after a crash reads it, and
 * says nothing twice. Children's ids follow from the run's id and the job's name, so they are the same then.
 */
export class LineageRecorder {
  readonly #options: RecorderOptions;
  /** Ids of runs that have started, and that have ended. */
  readonly #started = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #names = new Map<string, string>();
  #broken = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
    const { file } = options;
    if (file !== undefined) for (const event of readEvents(file)) this.#remember(event);
  }

  get count(): number {
    return this.#started.size + this.#ended.size;
  }

  hasStarted(job: string): boolean {
    return this.#started.has(this.#runIdOf(job));
  }

  hasEnded(job: string): boolean {
    return this.#ended.has(this.#runIdOf(job));
  }

  /** Jobs that have started and not ended, the parent last. */
  get open(): string[] {
    const open = [...this.#started].filter((id) => !this.#ended.has(id));
    return open.flatMap((id) => this.#names.get(id) ?? []).reverse();
  }

  /** Says that a job has started, once. */
  start(job: string, content: EventContent = {}): void {
    if (!this.hasStarted(job)) this.#write("START", job, content);
  }

  /** Says how a job ended, once; one that hasn't started starts first, for there must be both. */
  end(type: EndType, job: string, content: EventContent & { startedAt?: Date } = {}): void {
    if (this.hasEnded(job)) return;
    if (!this.hasStarted(job)) {
      const { startedAt: at = content.at, runFacets, jobFacets } = content;
      this.start(job, {
        ...(at === undefined ? {} : { at }),
        ...(jobFacets === undefined ? {} : { jobFacets }),
        ...(runFacets?.processing_engine === undefined
          ? {}
          : { runFacets: { processing_engine: runFacets.processing_engine } }),
      });
    }
    this.#write(type, job, content);
  }

  #write(eventType: "START" | EndType, job: string, content: EventContent): void {
    const { runId, namespace, product, mask, file, onFailure } = this.#options;
    const { runFacets, jobFacets, inputs = [], outputs = [], at = new Date() } = content;
    const parent = createFacet("run", "parent", PRODUCER, {
      run: { runId },
      job: { namespace, name: product },
      root: { run: { runId }, job: { namespace, name: product } },
    });
    const event = createRunEvent({
      eventType,
      eventTime: at.toISOString(),
      producer: PRODUCER,
      run: {
        runId: this.#runIdOf(job),
        facets: { ...(job === product ? {} : { parent }), ...runFacets },
      },
      job: { namespace, name: job, facets: { ...jobFacets } },
      inputs,
      outputs,
    });
    this.#remember(event);
    if (this.#broken || file === undefined) return;
    try {
      appendFileSync(file, `${JSON.stringify(mask.data(event))}\n`);
    } catch (error) {
      this.#broken = true;
      onFailure(error as Error);
    }
  }

  #runIdOf(job: string): string {
    const { runId, product } = this.#options;
    return job === product ? runId : uuidFrom(job, runId);
  }

  #remember({ eventType, run, job }: RunEvent): void {
    this.#names.set(run.runId, job.name);
    (eventType === "START" ? this.#started : this.#ended).add(run.runId);
  }
}

/** The events of a file. A last line that a crash cut off is removed, for what comes next must not join it. */
function readEvents(file: string): RunEvent[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    writeFileSync(file, "", { flag: "a" });
    return [];
  }
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  return whole
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as RunEvent);
}
