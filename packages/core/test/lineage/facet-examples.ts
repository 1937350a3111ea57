import type { FacetFields, KnownFacets } from "@floe/core";

export const producer = "https://example.com/floe/1.0.0";
export const id = { namespace: "floe-dev", name: "orders" };
export const runId = "0190a6c0-0000-7000-8000-000000000000";

const own = { team: { _producer: producer, _schemaURL: "https://example.com/team.json" } };
const transformation = {
  type: "DIRECT",
  subtype: "AGGREGATION",
  description: "count(id)",
  masking: true,
} as const;
const column = { ...id, field: "id", transformations: [transformation] };
const fromDataset = { type: "DATASET", ...id, field: "id", transformations: [transformation] } as const;
const fromJob = { type: "JOB", ...id, runId, transformations: [transformation] } as const;
const run = { runId, facets: own };
const job = { ...id, facets: own };
const tag = { key: "team", value: "data", source: "FLOE" };
const owner = { name: "team:data", type: "OWNER" };
const dependency = {
  job: id,
  run: { runId },
  dependency_type: "DIRECT_INVOCATION",
  sequence_trigger_rule: "FINISH_TO_START",
  status_trigger_rule: "EXECUTE_EVERY_TIME",
};
const checked = {
  name: "orders_id_not_null",
  severity: "error",
  description: "Every order has an id.",
  expected: "0",
  actual: "2",
  content: "select count(*) from orders where id is null",
  contentType: "text/sql",
  params: { column: "id" },
} as const;
const metrics = {
  rowCount: 3,
  bytes: 100,
  fileCount: 1,
  lastUpdated: "2026-01-01T00:00:00Z",
  columnMetrics: {
    id: { nullCount: 0, distinctCount: 3, sum: 6, count: 3, min: 1, max: 3, quantiles: { "0.5": 2 } },
  },
};

/** An example of every facet with every one of its fields; the type demands that no facet is forgotten. */
export const FACET_EXAMPLES: {
  [P in keyof KnownFacets]: { [K in keyof KnownFacets[P]]: FacetFields<P, K> };
} = {
  run: {
    parent: { run, job, root: { run, job } },
    errorMessage: { message: "no", programmingLanguage: "SQL", stackTrace: "at line 1" },
    processing_engine: { version: "1.5.5", name: "duckdb", openlineageAdapterVersion: "1.0.0" },
    nominalTime: { nominalStartTime: "2026-01-01T00:00:00Z", nominalEndTime: "2026-01-02T00:00:00Z" },
    test: { tests: [{ ...checked, status: "fail", type: "not_null" }] },
    externalQuery: { externalQueryId: "1", source: "snowflake" },
    extractionError: {
      totalTasks: 2,
      failedTasks: 1,
      errors: [{ errorMessage: "can't parse", stackTrace: "at line 1", task: "select", taskNumber: 1 }],
    },
    environmentVariables: { environmentVariables: [{ name: "A", value: "b" }] },
    executionParameters: {
      parameters: [{ key: "full_refresh", name: "Full refresh", description: "All anew.", value: "true" }],
    },
    jobDependencies: { upstream: [dependency], downstream: [dependency], trigger_rule: "ALL_SUCCESS" },
    tags: { tags: [tag] },
  },
  job: {
    jobType: {
      processingType: "BATCH",
      integration: "DBT",
      jobType: "MODEL",
      emissionPattern: {
        eventTrigger: "PERIODIC",
        eventContentMode: "COMPLETE_SNAPSHOT",
        windowDuration: 60,
      },
    },
    sql: { query: "select 1", dialect: "duckdb" },
    documentation: { description: "d", contentType: "text/markdown" },
    ownership: { owners: [owner] },
    sourceCode: { language: "sql", sourceCode: "select 1" },
    sourceCodeLocation: {
      type: "git",
      url: "https://example.com/a.sql",
      repoUrl: "https://example.com/repo.git",
      path: "a.sql",
      version: "8f02abf",
      tag: "v1",
      branch: "main",
      pullRequestNumber: "7",
    },
    tags: { tags: [tag] },
    lineage: {
      entries: [
        { type: "DATASET", ...id, inputs: [fromDataset], fields: { id: { inputs: [fromDataset, fromJob] } } },
        { type: "JOB", ...id, runId, inputs: [fromDataset, { type: "JOB" }] },
      ],
    },
  },
  dataset: {
    schema: {
      fields: [
        {
          name: "address",
          type: "STRUCT",
          description: "Where to.",
          ordinal_position: 1,
          fields: [{ name: "city" }],
        },
      ],
    },
    columnLineage: { fields: { id: { inputFields: [column] } }, dataset: [column] },
    dataSource: { name: "lake", uri: "s3://lake" },
    catalog: {
      framework: "iceberg",
      type: "polaris",
      name: "lake",
      metadataUri: "https://example.com/api/catalog",
      warehouseUri: "s3://lake/warehouse",
      source: "spark",
      catalogProperties: { region: "eu-west-1" },
    },
    version: { datasetVersion: "42" },
    datasetType: { datasetType: "VIEW", subType: "MATERIALIZED" },
    documentation: { description: "d", contentType: "text/markdown" },
    ownership: { owners: [owner] },
    storage: { storageLayer: "iceberg", fileFormat: "parquet" },
    symlinks: { identifiers: [{ ...id, type: "TABLE" }] },
    tags: { tags: [{ ...tag, field: "email" }] },
    lifecycleStateChange: { lifecycleStateChange: "RENAME", previousIdentifier: id },
    hierarchy: { hierarchy: [{ type: "DATABASE", name: "db" }] },
    lineage: { inputs: [fromDataset], fields: { id: { inputs: [fromJob] } } },
    dataQualityMetrics: metrics,
  },
  inputDataset: {
    dataQualityAssertions: {
      assertions: [{ ...checked, assertion: "not_null", success: false, column: "id" }],
    },
    dataQualityMetrics: metrics,
    inputStatistics: { rowCount: 3, size: 100, fileCount: 1 },
    subset: {
      inputCondition: {
        type: "binary",
        operator: "AND",
        left: {
          type: "partition",
          partitions: [{ identifier: "day=2026-01-01", dimensions: { day: "2026-01-01" } }],
        },
        right: { type: "location", locations: ["s3://lake/orders/a.parquet"] },
      },
    },
  },
  outputDataset: {
    outputStatistics: { rowCount: 3, size: 100, fileCount: 1 },
    subset: {
      outputCondition: {
        type: "compare",
        comparison: "EQUAL",
        left: { type: "field", field: "day" },
        right: { type: "literal", value: "2026-01-01" },
      },
    },
  },
};
