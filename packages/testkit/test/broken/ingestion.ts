import type { IngestionConfig, IngestionResult } from "@floe/core";
import type { Broken } from "../prove.ts";
import { type Ingestion, ingestionWith } from "../reference/ingestion.ts";

const ran = (change: (result: IngestionResult) => IngestionResult) => ({
  plugin: ingestionWith((base) => ({
    run: async (pipeline, options) => change(await base.run(pipeline, options)),
  })),
});
const changed = (change: (base: Ingestion) => Partial<Ingestion>) => ({ plugin: ingestionWith(change) });

export const brokenIngestion: readonly Broken<"ingestion">[] = [
  {
    fault: "counts the header as a row",
    rule: "ingestion.loads",
    options: ran((result) => ({
      ...result,
      sources: result.sources.map((one) => (one.success ? { ...one, rowsLoaded: one.rowsLoaded + 1 } : one)),
    })),
  },
  {
    fault: "tells the results in another order",
    rule: "ingestion.loads",
    also: ["ingestion.partial"],
    options: ran((result) => ({ ...result, sources: result.sources.toReversed() })),
  },
  {
    fault: "loads everything whatever is asked for",
    rule: "ingestion.selected",
    options: changed((base) => ({ run: (pipeline) => base.run(pipeline) })),
  },
  {
    fault: "says success although a source failed",
    rule: "ingestion.partial",
    options: ran((result) => ({ ...result, success: true })),
  },
  {
    fault: "stops at the first source that fails",
    rule: "ingestion.partial",
    options: ran((result) => {
      const failed = result.sources.findIndex(({ success }) => !success);
      return failed < 0 ? result : { ...result, sources: result.sources.slice(0, failed + 1) };
    }),
  },
  {
    fault: "writes a secret into the destination",
    rule: "ingestion.destination",
    options: changed((base) => ({
      getDestinationConfig: (catalog) => ({ ...base.getDestinationConfig(catalog), token: "plain" }),
    })),
  },
  {
    fault: "hands out its own state",
    rule: "pure.unshared",
    options: changed((base) => {
      const answers = new Map<string, ReturnType<Ingestion["getDestinationConfig"]>>();
      return {
        getDestinationConfig: (catalog) => {
          const key = JSON.stringify(catalog);
          const answer = answers.get(key) ?? base.getDestinationConfig(catalog);
          answers.set(key, answer);
          return answer;
        },
      };
    }),
  },
  {
    fault: "reaches no server and yet makes a pipeline",
    rule: "connection.refused",
    also: ["connection.secret-missing", "connection.stalled", "connection.unauthorized"],
    options: changed(() => ({ createPipeline: async (config: IngestionConfig) => config })),
  },
];
