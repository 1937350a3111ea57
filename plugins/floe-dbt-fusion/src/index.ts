import { definePlugin } from "@floe/core";
import { configSchema } from "./config.ts";
import { FusionDbt } from "./fusion-dbt.ts";

export default definePlugin({
  kind: "dbt",
  name: "fusion",
  description: "dbt's Rust engine: dbt-core 2, or your own Fusion.",
  configSchema,
  create: (config, context) => new FusionDbt(config, context),
});
