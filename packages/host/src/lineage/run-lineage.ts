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
import { icebergTableDataset } from "./catalog-tables.ts";
import { type TableFacts, tableKey } from "./inspect-tables.ts";
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
  #manifest: DbtManifest = { nodes: {} };
  #dbtVersion: string | undefined;
  #tables: ReadonlyMap<string, TableFacts> = new Map();

  constructor(recorder: LineageRecorder, product: Product) {
    this.#recorder = recorder;
    this.#product = product;
  }

  /** Known once the product is compiled. */
  set manifest(manifest: DbtManifest) {
    this.#manifest = manifest;
  }

  /** Known once dbt has run. */
  set dbtVersion(version: string | undefined) {
    this.#dbtVersion = version;
  }

  /** Known once they were looked at: tables in a catalog are named by where they lie. */
  set tables(tables: ReadonlyMap<string, TableFacts>) {
    this.#tables = tables;
  }

  get count(): number {
    return this.#recorder.count;
  }

  runStarted(at: Date): void {
    this.#recorder.start(this.#name(), { at, ...this.#runContent() });
  }

  runEnded(type: EndType, error?: string): void {
    this.#recorder.end(type, this.#name(), { ...this.#runContent(), ...this.#failure(error) });
  }

  /** Ends what started and will not go on; the run itself last. */
  abortOpen({ except }: { except?: "parent" } = {}): void {
    const own = except === "parent" ? this.#name() : undefined;
    for (const job of this.#recorder.open) if (job !== own) this.#recorder.end("ABORT", job);
  }

  sourceStarted(source: IngestionSource): void {
    this.#recorder.start(this.#sourceJob(source.name), this.#sourceContent());
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
    const output = withFacets(this.loadedDataset(source), schemaFacet(facts.table));
    this.#end(this.#sourceJob(source.name), outcome, {
      ...this.#sourceContent(),
      inputs: [sourceDataset(source, project.paths.projectDir)],
      outputs: [
        outcome.error === undefined ? { ...output, outputFacets: { outputStatistics: statistics } } : output,
      ],
    });
  }

  nodeStarted(uniqueId: string): void {
    const node = this.#manifest.nodes[uniqueId];
    if (node === undefined || !MATERIALIZED.has(node.resource_type)) return;
    this.#recorder.start(this.#nodeJob(node), this.#nodeContent(node));
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
    const node = this.#manifest.nodes[uniqueId];
    if (node === undefined || !MATERIALIZED.has(node.resource_type)) return;
    const content = this.#nodeContent(node);
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
    this.#end(this.#nodeJob(node), outcome, {
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
      inputs: this.#inputsOf(node).map((one) => ({
        ...withFacets(this.datasetOf(one), schemaFacet(facts.tables.get(tableKey(partsOf(one))), one)),
      })),
      outputs: [
        {
          ...withFacets(this.datasetOf(node), facets),
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
    const node = this.#manifest.nodes[uniqueId];
    if (node === undefined) return;
    const plugin = this.#product.plugins.get("data_quality");
    const dataset: InputDataset = withFacets(this.datasetOf(node), schemaFacet(table, node));
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
    this.#end(`${this.#nodeJob(node)}.quality`, outcome, {
      runFacets: { test: tests, ...this.#engine(plugin?.name ?? "dbt", plugin?.version) },
      jobFacets: jobType("FLOE", "TEST"),
      inputs: [withAssertions(dataset, result, PRODUCER)],
    });
  }

  /** The dataset of a node or source. */
  datasetOf(resource: DbtNode | DbtSource): Dataset {
    return this.datasetAt(partsOf(resource));
  }

  /** The dataset of a table by its parts: database, schema, table. */
  datasetAt(parts: readonly string[]): Dataset {
    const { compute, computeConfig, plugins } = this.#product;
    const [table = "", schema = "", database = ""] = [...parts].reverse();
    const { iceberg } = this.#tables.get(tableKey(parts)) ?? {};
    return iceberg === undefined || computeConfig.catalog === undefined
      ? compute.getDatasetName(computeConfig, { database, schema, table })
      : icebergTableDataset(computeConfig.catalog, plugins.get("catalog")?.name ?? "rest", iceberg, parts);
  }

  /** The dataset that a source is loaded into. */
  loadedDataset(source: IngestionSource): Dataset {
    const [table = "", schema = ""] = source.destinationTable.split(".").reverse();
    const declared = Object.values(this.#manifest.sources ?? {}).find(
      (one) => (one.identifier ?? one.name) === table && (schema === "" || one.schema === schema),
    );
    if (declared !== undefined) return this.datasetOf(declared);
    const [any] = Object.values(this.#manifest.nodes);
    return this.datasetAt([any?.database ?? "", schema, table]);
  }

  #end(job: string, outcome: JobOutcome, content: Parameters<LineageRecorder["end"]>[2] = {}): void {
    this.#recorder.end(outcome.error === undefined ? "COMPLETE" : "FAIL", job, {
      ...content,
      runFacets: { ...content.runFacets, ...this.#failure(outcome.error).runFacets },
      startedAt: outcome.startedAt,
      at: outcome.endedAt,
    });
  }

  #name(): string {
    return this.#product.spec.metadata.name;
  }

  #sourceJob(source: string): string {
    return `${this.#name()}.ingestion.${source}`;
  }

  #nodeJob(node: DbtNode): string {
    return `${this.#name()}.${node.name}`;
  }

  #runContent(): { jobFacets: JobFacets; runFacets: RunFacets } {
    const { description } = this.#product.spec.metadata;
    return {
      jobFacets: {
        ...jobType("FLOE", "DAG"),
        ...(description === undefined
          ? {}
          : { documentation: createFacet("job", "documentation", PRODUCER, { description }) }),
      },
      runFacets: {},
    };
  }

  #sourceContent(): { jobFacets: JobFacets; runFacets: RunFacets } {
    const plugin = this.#product.plugins.get("ingestion");
    return {
      jobFacets: jobType((plugin?.name ?? "ingestion").toUpperCase(), "TASK"),
      runFacets: this.#engine(plugin?.name ?? "ingestion", plugin?.version),
    };
  }

  #nodeContent(node: DbtNode): { jobFacets: JobFacets; runFacets: RunFacets } {
    const documentation = node.description
      ? { documentation: createFacet("job", "documentation", PRODUCER, { description: node.description }) }
      : {};
    return {
      jobFacets: { ...jobType("DBT", node.resource_type.toUpperCase()), ...documentation },
      runFacets: this.#engine("dbt", this.#dbtVersion),
    };
  }

  /** sqlglot's names are dbt's adapters'. */
  #dialect(): string {
    const { compute, computeConfig } = this.#product;
    return compute.generateDbtProfile(computeConfig).type;
  }

  #engine(name: string, version: string | undefined): RunFacets {
    return {
      processing_engine: createFacet("run", "processing_engine", PRODUCER, {
        name,
        version: version ?? "unknown",
      }),
    };
  }

  #failure(error: string | undefined): { runFacets?: RunFacets } {
    if (error === undefined) return {};
    const facet = createFacet("run", "errorMessage", PRODUCER, {
      message: error,
      programmingLanguage: "SQL",
    });
    return { runFacets: { errorMessage: facet } };
  }

  /** The tables that a node reads. An ephemeral model is none: what it reads counts in its place. */
  #inputsOf(node: DbtNode): (DbtNode | DbtSource)[] {
    const found = new Map<string, DbtNode | DbtSource>();
    const ahead = [...(node.depends_on?.nodes ?? [])];
    for (let id = ahead.shift(); id !== undefined; id = ahead.shift()) {
      const parent = this.#manifest.nodes[id] ?? this.#manifest.sources?.[id];
      if (parent === undefined || found.has(id)) continue;
      if ("config" in parent && parent.config?.materialized === "ephemeral") {
        ahead.push(...(parent.depends_on?.nodes ?? []));
      } else found.set(id, parent);
    }
    return [...found.values()];
  }
}

/** A node's or source's table in parts: database, schema, table. */
export function partsOf(resource: DbtNode | DbtSource): string[] {
  const table =
    "source_name" in resource ? (resource.identifier ?? resource.name) : (resource.alias ?? resource.name);
  return [resource.database ?? "", resource.schema ?? "", table];
}

function jobType(integration: string, kind: string): JobFacets {
  return {
    jobType: createFacet("job", "jobType", PRODUCER, { processingType: "BATCH", integration, jobType: kind }),
  };
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
