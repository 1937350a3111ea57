import { z } from "zod";
import { semanticVersion } from "../names.ts";
import { optional } from "../optional.ts";
import { rule } from "../rule.ts";
import { reportInlineSecrets } from "../secret-free.ts";

const pluginRefSchema = z
  .strictObject({
    type: z.string().min(1).describe("Name of the plugin."),
    version: semanticVersion.describe("Version that the product was compiled with."),
    config: optional(z.record(z.string(), z.unknown())).describe(
      "Its configuration; secrets only as references.",
    ),
  })
  .check(rule((value, report) => reportInlineSecrets(value.config, report, ["config"])));

/** The plugins that the product was compiled with. */
export const resolvedPluginsSchema = z.strictObject({
  compute: pluginRefSchema.describe("The engine that runs dbt's transforms."),
  orchestrator: pluginRefSchema.describe("What schedules the product."),
  catalog: optional(pluginRefSchema).describe("The Iceberg catalog."),
  storage: optional(pluginRefSchema).describe("Where files lie."),
  ingestion: optional(pluginRefSchema).describe("The tool that loads sources."),
  semantic: optional(pluginRefSchema).describe("The semantic layer."),
  lineage_backend: optional(pluginRefSchema).describe("Where lineage goes."),
  secrets: optional(pluginRefSchema).describe("Secrets manager of the cluster."),
  identity: optional(pluginRefSchema).describe("Identity provider of the cluster."),
});
