import type { DeletableFacet, Owner, Tag, Transformation } from "./base.ts";

/** What sort of job it is. Version 2-0-4. */
export interface JobTypeJobFacet extends DeletableFacet {
  processingType: "BATCH" | "STREAMING" | "SERVICE";
  /** `DBT`, `FLOE`, `DLT`. */
  integration: string;
  /** `MODEL`, `TEST`, `DAG`, `TASK`. */
  jobType?: string;
  emissionPattern?: EmissionPattern;
}

/** When and what a job emits. */
export interface EmissionPattern {
  /** EVENT_BASED: when the run's state changes; PERIODIC: at regular times. */
  eventTrigger: "EVENT_BASED" | "PERIODIC";
  /** ACCUMULATIVE: a run's events are added together; COMPLETE_SNAPSHOT: each stands for itself. */
  eventContentMode: "ACCUMULATIVE" | "COMPLETE_SNAPSHOT";
  /** Seconds, at least 1. Required with PERIODIC and COMPLETE_SNAPSHOT. */
  windowDuration?: number;
}

/** The SQL that ran. Version 1-1-0. */
export interface SqlJobFacet extends DeletableFacet {
  query: string;
  /** By sqlglot's name: `duckdb`. */
  dialect?: string;
}

/** Version 1-1-0. */
export interface DocumentationJobFacet extends DeletableFacet {
  description: string;
  contentType?: string;
}

/** Version 1-0-1. */
export interface OwnershipJobFacet extends DeletableFacet {
  owners?: readonly Owner[];
}

/** Version 1-0-1. */
export interface SourceCodeJobFacet extends DeletableFacet {
  language: string;
  sourceCode: string;
}

/** Where the code is kept. Version 1-1-0. */
export interface SourceCodeLocationJobFacet extends DeletableFacet {
  type: string;
  url: string;
  repoUrl?: string;
  path?: string;
  version?: string;
  tag?: string;
  branch?: string;
  pullRequestNumber?: string;
}

/** Version 1-0-0. */
export interface TagsJobFacet extends DeletableFacet {
  tags?: readonly Tag[];
}

/** Lineage between datasets and jobs, stated by the job. Version 1-0-0. */
export interface LineageJobFacet extends DeletableFacet {
  entries: readonly (LineageDatasetEntry | LineageJobEntry)[];
}

export interface LineageDatasetEntry {
  type: "DATASET";
  namespace: string;
  name: string;
  inputs?: readonly LineageInput[];
  fields?: Readonly<Record<string, { inputs: readonly LineageInput[] }>>;
}

export type LineageJobEntry = LineageJobReference & { inputs?: readonly LineageInput[] };

/** A job by namespace and name; without both, the job of the event itself. */
export type LineageJobReference = { type: "JOB"; runId?: string } & (
  | { namespace: string; name: string }
  | { namespace?: never; name?: never }
);

export type LineageInput =
  | {
      type: "DATASET";
      namespace: string;
      name: string;
      field?: string;
      transformations?: readonly Transformation[];
    }
  | (LineageJobReference & { transformations?: readonly Transformation[] });

/** The job facets by their key in `job.facets`. */
export interface KnownJobFacets {
  jobType: JobTypeJobFacet;
  sql: SqlJobFacet;
  documentation: DocumentationJobFacet;
  ownership: OwnershipJobFacet;
  sourceCode: SourceCodeJobFacet;
  sourceCodeLocation: SourceCodeLocationJobFacet;
  tags: TagsJobFacet;
  lineage: LineageJobFacet;
}
