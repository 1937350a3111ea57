import { definePlugin } from "@floe/core";
import { MarquezLineage } from "./backend.ts";
import { configSchema } from "./config.ts";

export default definePlugin({
  kind: "lineage_backend",
  name: "marquez",
  description: "Marquez: OpenLineage events over HTTP.",
  configSchema,
  create: (config, context) => new MarquezLineage(config, context),
});
