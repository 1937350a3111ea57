import { z } from "zod";
import { PLUGIN_KINDS, type PluginKind } from "../../plugin/kinds.ts";
import { secretName, semanticVersion } from "../names.ts";
import { optional } from "../optional.ts";
import { qualityConfigSchema } from "./quality.ts";

/** Which plugin a platform uses for a kind, and its configuration. */
export const pluginSelectionSchema = z.strictObject({
  type: z.string().trim().min(1).describe("Name of the plugin: duckdb, s3, dagster, ..."),
  version: optional(semanticVersion).describe("Exact version that must be installed; any, where left out."),
  config: optional(z.record(z.string(), z.unknown())).describe("The plugin's own configuration."),
  connection_secret_ref: optional(secretName).describe("Name of the secret that the plugin connects with."),
});

/** See {@link pluginSelectionSchema}. */
export type PluginSelection = z.output<typeof pluginSelectionSchema>;

const WHAT: Record<PluginKind, string> = {
  compute: "The engine that runs dbt's transforms.",
  orchestrator: "What schedules compiled products.",
  catalog: "The Iceberg catalog that tables are registered in.",
  semantic_layer: "The semantic layer over gold tables.",
  ingestion: "The tool that loads sources.",
  dbt: "Where dbt runs; local where left out.",
  data_quality: "The framework that checks data, and the gates that products must meet.",
  telemetry_backend: "Where traces, metrics and logs go.",
  lineage_backend: "Where lineage goes.",
  storage: "Where files lie.",
};

type SelectionShape = Record<
  Exclude<PluginKind, "data_quality">,
  ReturnType<typeof optional<typeof pluginSelectionSchema>>
>;

const selections = Object.fromEntries(
  PLUGIN_KINDS.filter((kind) => kind !== "data_quality").map((kind) => [
    kind,
    optional(pluginSelectionSchema).describe(WHAT[kind]),
  ]),
) as SelectionShape;

/** `plugins:` of a manifest: one selection for each kind. */
export const pluginsSchema = z.strictObject({
  ...selections,
  data_quality: optional(qualityConfigSchema).describe(WHAT.data_quality),
  quality: optional(qualityConfigSchema).describe(
    "The same as data_quality, by its name in older manifests.",
  ),
  secrets: optional(pluginSelectionSchema).describe(
    "Secrets manager of the clusters; floe itself reads none.",
  ),
  identity: optional(pluginSelectionSchema).describe(
    "Identity provider of the clusters; floe itself asks none.",
  ),
});
