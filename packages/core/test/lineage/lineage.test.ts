import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  azureDataset,
  createDatasetEvent,
  createFacet,
  createJobEvent,
  createRunEvent,
  duckdbDataset,
  type FacetFields,
  facetKeys,
  facetSchemaUrl,
  fileDataset,
  gcsDataset,
  type KnownFacets,
  s3Dataset,
  snowflakeDataset,
} from "@floe/core";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";

const SCHEMAS = join(import.meta.dirname, "../../../../tooling/schemas/openlineage");
const read = (path: string): { $id: string; $defs: object } =>
  JSON.parse(readFileSync(join(SCHEMAS, path), "utf8"));

const facetFiles = readdirSync(join(SCHEMAS, "facets")).map((file) => read(join("facets", file)));
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema([read("OpenLineage.json"), ...facetFiles]);

const producer = "https://example.com/floe/1.0.0";
const id = { namespace: "floe-dev", name: "orders" };
const runId = "0190a6c0-0000-7000-8000-000000000000";
const column = { ...id, field: "id", transformations: [{ type: "DIRECT", subtype: "IDENTITY" }] } as const;
const metrics = { rowCount: 3, columnMetrics: { id: { nullCount: 0, quantiles: { "0.5": 2 } } } };

/** An example of every facet; the type demands that none is forgotten. */
const EXAMPLES: { [P in keyof KnownFacets]: { [K in keyof KnownFacets[P]]: FacetFields<P, K> } } = {
  run: {
    parent: { run: { runId }, job: id, root: { run: { runId }, job: id } },
    errorMessage: { message: "no", programmingLanguage: "SQL" },
    processing_engine: { version: "1.5.5", name: "duckdb" },
    nominalTime: { nominalStartTime: "2026-01-01T00:00:00Z" },
    test: { tests: [{ name: "t", status: "fail", severity: "error", expected: "0", actual: "2" }] },
    externalQuery: { externalQueryId: "1", source: "snowflake" },
    extractionError: { totalTasks: 2, failedTasks: 1, errors: [{ errorMessage: "can't parse" }] },
    environmentVariables: { environmentVariables: [{ name: "A", value: "b" }] },
    executionParameters: { parameters: [{ key: "full_refresh", value: "true" }] },
    jobDependencies: { upstream: [{ job: id, run: { runId } }] },
    tags: { tags: [{ key: "team", value: "data" }] },
  },
  job: {
    jobType: { processingType: "BATCH", integration: "DBT", jobType: "MODEL" },
    sql: { query: "select 1", dialect: "duckdb" },
    documentation: { description: "d" },
    ownership: { owners: [{ name: "team:data" }] },
    sourceCode: { language: "sql", sourceCode: "select 1" },
    sourceCodeLocation: { type: "git", url: "https://example.com/a.sql" },
    tags: { tags: [{ key: "team", value: "data" }] },
    lineage: { entries: [{ type: "DATASET", ...id, inputs: [{ type: "DATASET", ...id, field: "id" }] }] },
  },
  dataset: {
    schema: { fields: [{ name: "id", type: "BIGINT", ordinal_position: 1, fields: [{ name: "x" }] }] },
    columnLineage: { fields: { id: { inputFields: [column] } }, dataset: [column] },
    dataSource: { name: "lake", uri: "s3://lake" },
    catalog: { framework: "iceberg", type: "polaris", name: "lake" },
    version: { datasetVersion: "42" },
    datasetType: { datasetType: "TABLE" },
    documentation: { description: "d" },
    ownership: { owners: [{ name: "team:data", type: "OWNER" }] },
    storage: { storageLayer: "iceberg", fileFormat: "parquet" },
    symlinks: { identifiers: [{ ...id, type: "TABLE" }] },
    tags: { tags: [{ key: "pii", value: "true", field: "email" }] },
    lifecycleStateChange: { lifecycleStateChange: "OVERWRITE", previousIdentifier: id },
    hierarchy: { hierarchy: [{ type: "DATABASE", name: "db" }] },
    lineage: { fields: { id: { inputs: [{ type: "DATASET", ...id }] } } },
    dataQualityMetrics: metrics,
  },
  inputDataset: {
    dataQualityAssertions: {
      assertions: [{ assertion: "not_null", success: false, column: "id", severity: "error", actual: "2" }],
    },
    dataQualityMetrics: metrics,
    inputStatistics: { rowCount: 3, size: 100 },
    subset: { inputCondition: { type: "partition", partitions: [{ dimensions: { day: "2026-01-01" } }] } },
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

const facets = facetKeys().map(({ place, key }) => {
  const fields = (EXAMPLES[place] as Record<string, object>)[key];
  return {
    place,
    key,
    facet: createFacet(place, key as never, producer, fields as never) as { _schemaURL: string },
  };
});

describe("OpenLineage facets", () => {
  it.each(facets)("$place $key is valid by the schema that it names", ({ facet }) => {
    const validate = ajv.getSchema(facet._schemaURL);
    expect(validate, facet._schemaURL).toBeDefined();
    expect(validate?.(facet), JSON.stringify(validate?.errors)).toBe(true);
  });

  it("cover every schema of the specification", () => {
    const used = new Set(facets.map(({ facet }) => facet._schemaURL.split("#")[0]));
    expect(facetFiles.map(({ $id }) => $id).filter((schema) => !used.has(schema))).toEqual([]);
  });

  it("are refused by the schema when they are wrong", () => {
    const validate = ajv.getSchema(facetSchemaUrl("inputDataset", "dataQualityAssertions"));
    expect(validate?.({ _producer: producer, _schemaURL: producer, assertions: [{ assertion: "x" }] })).toBe(
      false,
    );
  });

  it("are checked by the compiler", () => {
    // @ts-expect-error an assertion tells whether it succeeded
    createFacet("inputDataset", "dataQualityAssertions", producer, { assertions: [{ assertion: "x" }] });
    // @ts-expect-error there is no such facet
    expect(() => createFacet("run", "parents", producer, {})).toThrow();
  });
});

describe("OpenLineage events", () => {
  const common = { eventTime: "2026-01-01T00:00:00Z", producer };
  const io = {
    inputs: [
      {
        ...id,
        inputFacets: {
          inputStatistics: createFacet("inputDataset", "inputStatistics", producer, { rowCount: 1 }),
        },
      },
    ],
    outputs: [
      { ...id, facets: { schema: createFacet("dataset", "schema", producer, { fields: [{ name: "id" }] }) } },
    ],
  };

  it.each([
    createRunEvent({
      ...common,
      eventType: "COMPLETE",
      run: { runId, facets: { mine: { _producer: producer, _schemaURL: producer } } },
      job: id,
      ...io,
    }),
    createJobEvent({ ...common, job: id, ...io }),
    createDatasetEvent({ ...common, dataset: id }),
  ])("are valid: $schemaURL", (event) => {
    const validate = ajv.getSchema(event.schemaURL);
    expect(validate?.(event), JSON.stringify(validate?.errors)).toBe(true);
  });

  it("are refused when they are wrong", () => {
    const validate = ajv.getSchema("https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent");
    const event = createRunEvent({ ...common, eventType: "START", run: { runId: "not-a-uuid" }, job: id });
    expect(validate?.(event)).toBe(false);
  });
});

describe("dataset names", () => {
  it.each([
    [s3Dataset("lake", "/wh/orders/"), "s3://lake", "wh/orders"],
    [s3Dataset("lake", "/"), "s3://lake", "/"],
    [gcsDataset("lake", "a b/c"), "gs://lake", "a b/c"],
    [azureDataset("c", "acc", "/x"), "abfss://c@acc.dfs.core.windows.net", "x"],
    [fileDataset("/data/x.csv"), "file", "/data/x.csv"],
    [fileDataset("C:\\data\\x.csv"), "file", "C:/data/x.csv"],
    [fileDataset("/"), "file", "/"],
    [
      snowflakeDataset("org", "acc", { database: "D", schema: "S", table: "T" }),
      "snowflake://org-acc",
      "D.S.T",
    ],
    [
      duckdbDataset("/data/a.duckdb", { database: "a", schema: "main", table: "t" }),
      "duckdb:///data/a.duckdb",
      "a.main.t",
    ],
  ])("%o", (name, namespace, expected) => {
    expect(name).toEqual({ namespace, name: expected });
  });
});
