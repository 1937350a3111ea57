import { definePlugin } from "@floe/core";
import { configSchema } from "./config.ts";
import { PolarisCatalogPlugin } from "./plugin.ts";

export default definePlugin({
  kind: "catalog",
  name: "polaris",
  description: "Apache Polaris, with its catalogs, principals and roles.",
  configSchema,
  create: (config, context) => new PolarisCatalogPlugin(config, context),
});
