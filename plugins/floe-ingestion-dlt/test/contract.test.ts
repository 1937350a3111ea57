import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IngestionSource } from "@floe/core";
import { createPythonRuntime } from "@floe/host";
import { testIngestionPlugin } from "@floe/testkit";
import plugin from "floe-ingestion-dlt";

const source = (name: string, more: Partial<IngestionSource> = {}): IngestionSource =>
  ({
    name,
    sourceType: "filesystem",
    format: "csv",
    path: `data/${name}.csv`,
    destinationTable: `raw.${name}`,
    writeMode: "replace",
    schemaContract: "evolve",
    ...more,
  }) as IngestionSource;

testIngestionPlugin({
  plugin,
  config: {},
  invalidConfigs: [{ threads: 1 }],
  packageJson: new URL("../package.json", import.meta.url),
  python: createPythonRuntime({ env: process.env, projectDir: tmpdir() }),
  noServer: "dlt runs on this machine.",
  ingestion: ({ dir }) => {
    mkdirSync(join(dir, "data"), { recursive: true });
    writeFileSync(join(dir, "data", "orders.csv"), "id,amount\n1,10\n2,20\n3,\n");
    writeFileSync(join(dir, "data", "customers.csv"), "id,name\n1,ada\n");
    return {
      sources: [source("orders"), source("customers")],
      destination: { type: "duckdb", path: join(dir, "shop.duckdb") },
    };
  },
  expectedRows: { orders: 3, customers: 1 },
  failingSource: source("nowhere"),
});
