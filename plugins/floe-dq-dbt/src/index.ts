import { definePlugin } from "@floe/core";
import { configSchema } from "./config.ts";
import { DbtQuality } from "./quality.ts";

export default definePlugin({
  kind: "data_quality",
  name: "dbt_expectations",
  description: "dbt's own tests and those of dbt_expectations, as dbt ran them.",
  configSchema,
  create: (_config, context) => new DbtQuality(context),
});
