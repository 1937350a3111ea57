import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IngestionSource } from "@floe/core";
import { brokenCatalogs } from "./broken/catalog.ts";
import { brokenQuality } from "./broken/data-quality.ts";
import { brokenDbt } from "./broken/dbt.ts";
import { brokenIngestion } from "./broken/ingestion.ts";
import { brokenLineage } from "./broken/lineage-backend.ts";
import { brokenOrchestrators } from "./broken/orchestrator.ts";
import { brokenSemantic } from "./broken/semantic-layer.ts";
import { brokenTelemetry } from "./broken/telemetry-backend.ts";
import { prove } from "./prove.ts";
import { catalogWith } from "./reference/catalog.ts";
import { memoryConnection, qualityWith } from "./reference/data-quality.ts";
import { dbtWith, writeProject } from "./reference/dbt.ts";
import { ingestionWith } from "./reference/ingestion.ts";
import { lineageWith } from "./reference/lineage-backend.ts";
import { orchestratorWith } from "./reference/orchestrator.ts";
import { semanticWith } from "./reference/semantic-layer.ts";
import { gateOptions, packageOf } from "./reference/server-gate.ts";
import { telemetryWith } from "./reference/telemetry-backend.ts";

const unchanged = () => ({});
/** Rules about servers, for references that have none. */
const SERVER_RULES = [
  "lifecycle.stops-after-failure",
  "connection.refused",
  "connection.stalled",
  "connection.unauthorized",
  "connection.secret-missing",
  "connection.aborted",
];
const noServer = "It works on files alone.";

prove(
  "telemetry_backend",
  {
    ...gateOptions,
    plugin: telemetryWith(unchanged),
    packageJson: packageOf("floe.telemetry_backends", "sample"),
  },
  brokenTelemetry,
);
prove(
  "lineage_backend",
  {
    ...gateOptions,
    plugin: lineageWith(unchanged),
    packageJson: packageOf("floe.lineage_backends", "sample"),
  },
  brokenLineage,
);
prove(
  "orchestrator",
  {
    ...gateOptions,
    plugin: orchestratorWith(unchanged),
    packageJson: packageOf("floe.orchestrators", "sample"),
  },
  brokenOrchestrators,
);
prove(
  "catalog",
  { ...gateOptions, plugin: catalogWith(unchanged), packageJson: packageOf("floe.catalogs", "sample") },
  brokenCatalogs,
);
prove(
  "semantic_layer",
  {
    plugin: semanticWith(unchanged),
    config: {},
    invalidConfigs: [{ prefix: 1 }],
    packageJson: packageOf("floe.semantic_layers", "sample"),
    noServer,
  },
  brokenSemantic,
  SERVER_RULES,
);

const source = (name: string): IngestionSource => ({
  name,
  sourceType: "filesystem",
  format: "csv",
  path: `${name}.csv`,
  destinationTable: `raw.${name}`,
  writeMode: "replace",
  schemaContract: "evolve",
});

prove(
  "ingestion",
  {
    ...gateOptions,
    plugin: ingestionWith(unchanged),
    packageJson: packageOf("floe.ingestion", "sample"),
    ingestion: ({ dir }) => {
      writeFileSync(join(dir, "a.csv"), "id\n1\n2\n");
      writeFileSync(join(dir, "b.csv"), "id\n1\n");
      return { sources: [source("a"), source("b")], destination: { type: "duckdb" } };
    },
    expectedRows: { a: 2, b: 1 },
    failingSource: source("missing"),
  },
  brokenIngestion,
);

prove(
  "dbt",
  {
    plugin: dbtWith(unchanged),
    config: {},
    invalidConfigs: [{ threads: 0 }],
    packageJson: packageOf("floe.dbt", "sample"),
    noServer,
    project: ({ dir }) => writeProject(join(dir, "shop"), { a: "fine", b: "fine", c: "fine" }),
    expected: { models: 3, tests: 3, aModel: "a" },
    brokenProject: ({ dir }) => writeProject(join(dir, "broken"), { a: "broken" }),
    failingProject: ({ dir }) => writeProject(join(dir, "failing"), { a: "fine", b: "fails" }),
  },
  brokenDbt,
  SERVER_RULES,
);

prove(
  "data_quality",
  {
    plugin: qualityWith(unchanged),
    config: {},
    invalidConfigs: [{ sample_rows: -1 }],
    packageJson: packageOf("floe.data_quality", "sample"),
    noServer,
    connect: (table) => memoryConnection(table),
    dialect: "memory",
  },
  brokenQuality,
  SERVER_RULES,
);
