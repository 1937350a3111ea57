import { definePlugin } from "@floe/core";
import { configSchema } from "./config.ts";
import { RestCatalogPlugin } from "./plugin.ts";

export default definePlugin({
  kind: "catalog",
  name: "rest",
  description: "Any Iceberg REST catalog.",
  configSchema,
  create: (config, context) => new RestCatalogPlugin(config, context, configSchema),
});
