import type {
  DatasetFacets,
  InputDatasetFacets,
  JobFacets,
  OutputDatasetFacets,
  RunFacets,
} from "./facets/index.ts";

/** The version of the OpenLineage specification that events are written to. */
export const OPENLINEAGE_SPEC_VERSION = "2-0-2";

const SCHEMA = `https://openlineage.io/spec/${OPENLINEAGE_SPEC_VERSION}/OpenLineage.json`;

/**
 * Exactly one START and one of COMPLETE, ABORT or FAIL for each run; any number of RUNNING and OTHER
 * between.
 */
export type RunEventType = "START" | "RUNNING" | "COMPLETE" | "ABORT" | "FAIL" | "OTHER";

export interface Run {
  /** A UUID, the same in all events of the run. Version 7 sorts by time. */
  runId: string;
  facets?: RunFacets;
}

export interface Job {
  namespace: string;
  /** Unique within the namespace, and the same from run to run. */
  name: string;
  facets?: JobFacets;
}

/** A table or file. Two events mean the same one when namespace and name are equal; see `naming.ts`. */
export interface Dataset {
  namespace: string;
  name: string;
  facets?: DatasetFacets;
}

export interface InputDataset extends Dataset {
  inputFacets?: InputDatasetFacets;
}

export interface OutputDataset extends Dataset {
  outputFacets?: OutputDatasetFacets;
}

interface BaseEvent {
  /** ISO 8601 with an offset. */
  eventTime: string;
  /** URI of what made the event, with its version. */
  producer: string;
  schemaURL: string;
}

/** Something happened to a run. @see https://openlineage.io/spec/2-0-2/OpenLineage.json */
export interface RunEvent extends BaseEvent {
  eventType: RunEventType;
  run: Run;
  job: Job;
  inputs?: readonly InputDataset[];
  outputs?: readonly OutputDataset[];
}

/** What is known of a job apart from its runs. */
export interface JobEvent extends BaseEvent {
  job: Job;
  inputs?: readonly InputDataset[];
  outputs?: readonly OutputDataset[];
}

/** What is known of a dataset apart from jobs. */
export interface DatasetEvent extends BaseEvent {
  dataset: Dataset;
}

export type LineageEvent = RunEvent | JobEvent | DatasetEvent;

/** A run event with its `schemaURL`. */
export function createRunEvent(event: Omit<RunEvent, "schemaURL">): RunEvent {
  return { ...event, schemaURL: `${SCHEMA}#/$defs/RunEvent` };
}

/** A job event with its `schemaURL`. */
export function createJobEvent(event: Omit<JobEvent, "schemaURL">): JobEvent {
  return { ...event, schemaURL: `${SCHEMA}#/$defs/JobEvent` };
}

/** A dataset event with its `schemaURL`. */
export function createDatasetEvent(event: Omit<DatasetEvent, "schemaURL">): DatasetEvent {
  return { ...event, schemaURL: `${SCHEMA}#/$defs/DatasetEvent` };
}
