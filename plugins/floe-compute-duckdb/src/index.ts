import { definePlugin } from "@floe/core";
import { DuckDbCompute } from "./compute.ts";
import { configSchema } from "./config.ts";

export default definePlugin({
  kind: "compute",
  name: "duckdb",
  description: "DuckDB, in the process: one machine, one file, one writer.",
  configSchema,
  create: (config, context) => new DuckDbCompute(config, context),
});
