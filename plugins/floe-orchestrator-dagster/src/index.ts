import { definePlugin } from "@floe/core";
import { configSchema } from "./config.ts";
import { Dagster } from "./dagster.ts";

export default definePlugin({
  kind: "orchestrator",
  name: "dagster",
  description: "Dagster: the product as assets with checks, a job and a schedule.",
  configSchema,
  create: (config, context) => new Dagster(config, context),
});
