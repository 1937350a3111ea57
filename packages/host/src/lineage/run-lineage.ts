import {
  type ColumnLineageDatasetFacet,
  createFacet,
  type Dataset,
  type DbtManifest,
  type DbtNode,
  type DbtSource,
  type ExpectationResult,
  type IngestionSource,
  type InputDataset,
  type JobFacets,
  type RunFacets,
  type SchemaField,
  withAssertions,
} from "@floe/core";
import type { Product } from "../project/product.ts";
import { type TableFacts, tableKey } from "./inspect-tables.ts";
import { type ProductJob, ProductJobs, partsOf } from "./product-jobs.ts";
import { type EndType, type LineageRecorder, PRODUCER } from "./recorder.ts";
import { sourceDataset } from "./source-dataset.ts";

/** What became of a job, as lineage tells it. */
export interface JobOutcome {
  startedAt: Date;
  endedAt: Date;
  /** Why it failed; undefined where it didn't. */
  error?: string;
}

/** What the columns of a model come from, or why that isn't known. */
export type ColumnOrigins = { lineage: ColumnLineageDatasetFacet } | { unknown: string };

const MATERIALIZED = new Set(["model", "seed", "snapshot"]);

/** Says what a run's parts did, in OpenLineage's words: the product is the parent job, each part a child. */
export class RunLineage {
  readonly #recorder: LineageRecorder;
  readonly #product: Product;
  #jobs: ProductJobs;

  constructor(recorder: LineageRecorder, product: Product) {
    this.#recorder = recorder;
    this.#product = product;
    this.#jobs = new ProductJobs(product, { manifest: { nodes: {} } });
  }

  /** Known once the product is compiled. */
  set manifest(manifest: DbtManifest) {
    this.#jobs = this.#jobs.knowing({ manifest });
  }

  /** Known once dbt has run. */
  set dbtVersion(version: string | undefined) {
    this.#jobs = this.#jobs.knowing({ dbtVersion: version });
  }

  /** Known once they were looked at: tables in a catalog are named by where they lie. */
  set tables(tables: ReadonlyMap<string, TableFacts>) {
    this.#jobs = this.#jobs.knowing({ tables });
  }

  get count(): number {
    return this.#recorder.count;
  }

  runStarted(at: Date): void {
    const job = this.#jobs.product();
    this.#recorder.start(job.name, { at, ...contentOf(job) });
  }

  runEnded(type: EndType, error?: string): void {
    const job = this.#jobs.product();
    this.#recorder.end(type, job.name, { ...contentOf(job), ...this.#failure(error) });
  }

  /** Ends what started and will not go on; the run itself last. */
  abortOpen({ except }: { except?: "parent" } = {}): void {
    const own = except === "parent" ? this.#jobs.product().name : undefined;
    for (const job of this.#recorder.open) if (job !== own) this.#recorder.end("ABORT", job);
  }

  sourceStarted(source: IngestionSource): void {
    const job = this.#jobs.source(source);
    this.#recorder.start(job.name, contentOf(job));
  }

  sourceEnded(
    source: IngestionSource,
    outcome: JobOutcome,
    facts: { table: TableFacts | undefined; rows: number; bytes: number | undefined },
  ): void {
    const { project } = this.#product;
    const statistics = createFacet("outputDataset", "outputStatistics", PRODUCER, {
      rowCount: facts.rows,
      ...(facts.bytes === undefined ? {} : { size: facts.bytes }),
    });
    const job = this.#jobs.source(source);
    const output = withFacets(this.#jobs.loadedDataset(source), schemaFacet(facts.table));
    this.#end(job.name, outcome, {
      ...contentOf(job),
      inputs: [sourceDataset(source, project.paths.projectDir)],
      outputs: [
        outcome.error === undefined ? { ...output, outputFacets: { outputStatistics: statistics } } : output,
      ],
    });
  }

  nodeStarted(uniqueId: string): void {
    const node = this.#jobs.manifest.nodes[uniqueId];
    if (node === undefined || !MATERIALIZED.has(node.resource_type)) return;
    const job = this.#jobs.node(node);
    this.#recorder.start(job.name, contentOf(job));
  }

  nodeEnded(
    uniqueId: string,
    outcome: JobOutcome,
    facts: {
      tables: ReadonlyMap<string, TableFacts>;
      rows: number | undefined;
      sql: string | undefined;
      columns: ColumnOrigins | undefined;
    },
  ): void {
    const node = this.#jobs.manifest.nodes[uniqueId];
    if (node === undefined || !MATERIALIZED.has(node.resource_type)) return;
    const job = this.#jobs.node(node);
    const content = contentOf(job);
    const { columns, sql } = facts;
    const unknown = columns !== undefined && "unknown" in columns ? columns.unknown : undefined;
    const facets = {
      ...schemaFacet(facts.tables.get(tableKey(partsOf(node))), node),
      ...(columns !== undefined && "lineage" in columns ? { columnLineage: columns.lineage } : {}),
    };
    const statistics =
      facts.rows === undefined
        ? undefined
        : createFacet("outputDataset", "outputStatistics", PRODUCER, { rowCount: facts.rows });
    this.#end(job.name, outcome, {
      runFacets: {
        ...content.runFacets,
        ...(unknown === undefined
          ? {}
          : {
              extractionError: createFacet("run", "extractionError", PRODUCER, {
                totalTasks: 1,
                failedTasks: 1,
                errors: [{ errorMessage: `Column lineage isn't known: ${unknown}`, task: node.name }],
              }),
            }),
      },
      jobFacets: {
        ...content.jobFacets,
        ...(sql === undefined
          ? {}
          : {
              sql: createFacet("job", "sql", PRODUCER, {
                query: sql,
                dialect: this.#dialect(),
              }),
            }),
      },
      inputs: this.#jobs.inputsOf(node).map((one) => ({
        ...withFacets(this.#jobs.datasetOf(one), schemaFacet(facts.tables.get(tableKey(partsOf(one))), one)),
      })),
      outputs: [
        {
          ...withFacets(this.#jobs.datasetOf(node), facets),
          ...(outcome.error === undefined && statistics !== undefined
            ? { outputFacets: { outputStatistics: statistics } }
            : {}),
        },
      ],
    });
  }

  /** One quality run: what was checked on a model, by dbt's tests and by floe's checks. */
  modelChecked(
    uniqueId: string,
    results: readonly ExpectationResult[],
    outcome: JobOutcome,
    table: TableFacts | undefined,
  ): void {
    const node = this.#jobs.manifest.nodes[uniqueId];
    if (node === undefined) return;
    const job = this.#jobs.quality(node);
    const content = contentOf(job);
    const dataset: InputDataset = withFacets(this.#jobs.datasetOf(node), schemaFacet(table, node));
    const result = { success: outcome.error === undefined, results, executionTimeSeconds: 0 };
    const tests = createFacet("run", "test", PRODUCER, {
      tests: results.map(({ expectation, status }) => ({
        name: expectation.name,
        status:
          status === "passed"
            ? ("pass" as const)
            : status === "skipped"
              ? ("skip" as const)
              : ("fail" as const),
        severity: expectation.severity,
        type: expectation.type,
      })),
    });
    this.#end(job.name, outcome, {
      ...content,
      runFacets: { test: tests, ...content.runFacets },
      inputs: [withAssertions(dataset, result, PRODUCER)],
    });
  }

  /** The dataset of a table by its parts: database, schema, table. */
  datasetAt(parts: readonly string[]): Dataset {
    return this.#jobs.datasetAt(parts);
  }

  #end(job: string, outcome: JobOutcome, content: Parameters<LineageRecorder["end"]>[2] = {}): void {
    this.#recorder.end(outcome.error === undefined ? "COMPLETE" : "FAIL", job, {
      ...content,
      runFacets: { ...content.runFacets, ...this.#failure(outcome.error).runFacets },
      startedAt: outcome.startedAt,
      at: outcome.endedAt,
    });
  }

  /** sqlglot's names are dbt's adapters'. */
  #dialect(): string {
    const { compute, computeConfig } = this.#product;
    return compute.generateDbtProfile(computeConfig).type;
  }

  #failure(error: string | undefined): { runFacets?: RunFacets } {
    if (error === undefined) return {};
    const facet = createFacet("run", "errorMessage", PRODUCER, {
      message: error,
      programmingLanguage: "SQL",
    });
    return { runFacets: { errorMessage: facet } };
  }
}

/** What a job's events say of it beside its runs' own facts. */
function contentOf({ facets, engine }: ProductJob): { jobFacets: JobFacets; runFacets: RunFacets } {
  const ran = engine && { processing_engine: createFacet("run", "processing_engine", PRODUCER, engine) };
  return { jobFacets: facets, runFacets: { ...ran } };
}

function withFacets(dataset: Dataset, facets: Dataset["facets"] & object): Dataset {
  return { ...dataset, facets: { ...dataset.facets, ...facets } };
}

/** The schema facet, with what dbt knows of the columns' meaning. */
function schemaFacet(table: TableFacts | undefined, node?: DbtNode | DbtSource): Dataset["facets"] & object {
  if (table === undefined || table.columns.length === 0) return {};
  const described = new Map(
    Object.values(node?.columns ?? {}).map(({ name, description }) => [name.toLowerCase(), description]),
  );
  const fields = table.columns.map((field): SchemaField => {
    const description = described.get(field.name.toLowerCase());
    return description ? { ...field, description } : field;
  });
  return { schema: createFacet("dataset", "schema", PRODUCER, { fields }) };
}
