import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  definePlugin,
  FloeError,
  type IngestionConfig,
  type PluginContext,
  type PluginImplementation,
  type SourceResult,
} from "@floe/core";
import { type GateConfig, gateSchema, pass } from "./server-gate.ts";

export type Ingestion = PluginImplementation<"ingestion">;

function createIngestion(config: GateConfig, context: PluginContext): Ingestion {
  return {
    isExternal: false,
    async createPipeline(given) {
      await pass(config, context);
      return given;
    },
    async run(pipeline, { sources: wanted } = {}) {
      const { sources, projectDir } = pipeline as IngestionConfig;
      const unknown = wanted?.find((name) => !sources.some((source) => source.name === name));
      if (unknown !== undefined)
        throw new FloeError("CONFIG.REFERENCE", `No ${unknown}.`, { next: ["Name another."] });
      const results = sources
        .filter(({ name }) => wanted === undefined || wanted.includes(name))
        .map((source): SourceResult => {
          const file = join(projectDir, "path" in source ? source.path : "");
          const found = existsSync(file);
          const rowsLoaded = found ? readFileSync(file, "utf8").trim().split("\n").length - 1 : 0;
          const told = { source: source.name, table: source.destinationTable, executionTimeSeconds: 0 };
          return found
            ? { ...told, success: true, rowsLoaded }
            : { ...told, success: false, rowsLoaded, error: "It isn't there." };
        });
      return { success: results.every(({ success }) => success), sources: results, executionTimeSeconds: 0 };
    },
    getDestinationConfig: ({ uri, warehouse }) => ({ destination: "iceberg", uri, warehouse }),
  };
}

/** The reference with parts of it replaced. */
export const ingestionWith = (change: (base: Ingestion) => Partial<Ingestion>) =>
  definePlugin({
    kind: "ingestion",
    name: "sample",
    configSchema: gateSchema,
    create: (config, context) => {
      const base = createIngestion(config, context);
      return { ...base, ...change(base) };
    },
  });
