import { definePlugin } from "@floe/core";
import { configSchema } from "./config.ts";
import { DltIngestion } from "./ingestion.ts";

export default definePlugin({
  kind: "ingestion",
  name: "dlt",
  description: "dlt on this machine: files and REST APIs into the product's database or Iceberg catalog.",
  configSchema,
  create: (_config, context) => new DltIngestion(context),
});
