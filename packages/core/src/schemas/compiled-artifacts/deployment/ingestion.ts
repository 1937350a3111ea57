import { z } from "zod";
import { withDefault } from "../../optional.ts";
import { envRefs } from "./credentials.ts";

const settings = withDefault(z.record(z.string(), z.unknown()), {});

/** What a cluster needs to know of ingestion. */
export const ingestionDeploymentSchema = z.strictObject({
  provider: z.literal("dlt").describe("Name of the ingestion plugin."),
  dlt: z
    .strictObject({
      plugin_name: z.string().min(1).describe("Name of the plugin."),
      destination: z.literal("filesystem").describe("dlt's destination."),
      table_format: z.literal("iceberg").describe("Format of tables."),
      source_filesystem: settings.describe("dlt's settings for reading."),
      destination_filesystem: settings.describe("dlt's settings for writing."),
      iceberg_catalog_env: withDefault(z.record(z.string(), z.string()), {}).describe(
        "Environment that dlt finds the catalog by.",
      ),
      env_refs: envRefs.describe("Environment variables that a run needs."),
    })
    .describe("For dlt."),
});
