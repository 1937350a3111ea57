import { definePlugin } from "@floe/core";
import { configSchema } from "./config.ts";
import { GcsStorage } from "./storage.ts";

export default definePlugin({
  kind: "storage",
  name: "gcs",
  description: "Google Cloud Storage.",
  configSchema,
  create: (config, context) => new GcsStorage(config, context),
});
