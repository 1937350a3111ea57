import { definePlugin } from "@floe/core";
import { configSchema } from "./config.ts";
import { AzureStorage } from "./storage.ts";

export default definePlugin({
  kind: "storage",
  name: "azure",
  description: "Azure Blob Storage and Data Lake Storage.",
  configSchema,
  create: (config, context) => new AzureStorage(config, context),
});
