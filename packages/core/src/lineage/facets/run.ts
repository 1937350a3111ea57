import type { Job, Run } from "../events.ts";
import type { Facet, Tag } from "./base.ts";

interface JobId {
  namespace: string;
  name: string;
}

/** The run that started this one, and the one at the top. Version 1-2-0. */
export interface ParentRunFacet extends Facet {
  run: Run;
  job: Job;
  root?: { run: Run; job: Job };
}

/** Why a run failed. Never with a secret. Version 1-0-1. */
export interface ErrorMessageRunFacet extends Facet {
  message: string;
  /** `SQL`, `Python`, `TypeScript`. */
  programmingLanguage: string;
  stackTrace?: string;
}

/** What did the work: `duckdb` 1.5.5. Version 1-1-1. */
export interface ProcessingEngineRunFacet extends Facet {
  version: string;
  name?: string;
  openlineageAdapterVersion?: string;
}

/** When the run was meant for, ISO 8601. Version 1-0-1. */
export interface NominalTimeRunFacet extends Facet {
  nominalStartTime: string;
  nominalEndTime?: string;
}

/** Tests that the run executed. Version 1-0-1. */
export interface TestRunFacet extends Facet {
  tests: readonly TestExecution[];
}

export interface TestExecution {
  name: string;
  status: "pass" | "fail" | "skip";
  severity?: "error" | "warn";
  type?: string;
  description?: string;
  /** Text, also for numbers. */
  expected?: string;
  actual?: string;
  content?: string;
  contentType?: string;
  params?: Readonly<Record<string, unknown>>;
}

/** The id of a query in a system outside. Version 1-0-2. */
export interface ExternalQueryRunFacet extends Facet {
  externalQueryId: string;
  source: string;
}

/** What lineage couldn't be had, and why: said rather than guessed. Version 1-1-2. */
export interface ExtractionErrorRunFacet extends Facet {
  totalTasks: number;
  failedTasks: number;
  errors: readonly { errorMessage: string; stackTrace?: string; task?: string; taskNumber?: number }[];
}

/** Version 1-0-0. Never with a secret. */
export interface EnvironmentVariablesRunFacet extends Facet {
  environmentVariables: readonly { name: string; value: string }[];
}

/** Version 1-0-0. */
export interface ExecutionParametersRunFacet extends Facet {
  parameters?: readonly { key: string; name?: string; description?: string; value?: string }[];
}

/** Jobs before and after. Version 1-0-1. */
export interface JobDependenciesRunFacet extends Facet {
  upstream?: readonly JobDependency[];
  downstream?: readonly JobDependency[];
  trigger_rule?: string;
}

export interface JobDependency {
  job: JobId;
  run?: { runId: string };
  dependency_type?: string;
  sequence_trigger_rule?: string;
  status_trigger_rule?: string;
}

/** Version 1-0-0. */
export interface TagsRunFacet extends Facet {
  tags?: readonly Tag[];
}

/** The run facets by their key in `run.facets`. */
export interface KnownRunFacets {
  parent: ParentRunFacet;
  errorMessage: ErrorMessageRunFacet;
  processing_engine: ProcessingEngineRunFacet;
  nominalTime: NominalTimeRunFacet;
  test: TestRunFacet;
  externalQuery: ExternalQueryRunFacet;
  extractionError: ExtractionErrorRunFacet;
  environmentVariables: EnvironmentVariablesRunFacet;
  executionParameters: ExecutionParametersRunFacet;
  jobDependencies: JobDependenciesRunFacet;
  tags: TagsRunFacet;
}
