import { definePlugin } from "@floe/core";
import { configSchema } from "./config.ts";
import { CustomQuality } from "./quality.ts";

export default definePlugin({
  kind: "data_quality",
  name: "custom",
  description: "floe's own engine: the checks of a table in as few scans as possible.",
  configSchema,
  create: (config, context) => new CustomQuality(config, context),
});
