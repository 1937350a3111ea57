import { editorSchema, floeSpecSchema, manifestSchema, PLUGIN_KINDS } from "@floe/core";
import type { PluginRegistry } from "../registry/registry.ts";

type JsonSchema = Record<string, unknown>;

/** JSON Schemas of both files for editors, and the plugins whose configuration couldn't be put in. */
export interface EditorSchemas {
  manifest: JsonSchema;
  floe: JsonSchema;
  failed: { package: string; error: unknown }[];
}

/**
 * JSON Schemas (2020-12) of `manifest.yaml` and `floe.yaml`. In the manifest's, choosing a plugin by its
 * `type` brings its own configuration: help and completion for whatever is installed.
 */
export async function createEditorSchemas(registry: PluginRegistry): Promise<EditorSchemas> {
  const manifest = { ...(editorSchema(manifestSchema) as JsonSchema), title: "floe manifest.yaml" };
  const floe = { ...(editorSchema(floeSpecSchema) as JsonSchema), title: "floe.yaml" };
  const failed: EditorSchemas["failed"] = [];
  const plugins = (manifest as { properties?: { plugins?: { properties?: Record<string, JsonSchema> } } })
    .properties?.plugins?.properties;

  for (const kind of PLUGIN_KINDS) {
    const installed = registry.plugins.filter((plugin) => plugin.kind === kind);
    const variants: JsonSchema[] = [];
    for (const { name, package: packageName } of installed) {
      try {
        const { configSchema } = await registry.load(kind, name);
        const { $schema: _draft, ...config } = editorSchema(configSchema) as JsonSchema;
        variants.push(variant(kind === "data_quality" ? ["provider", "type"] : ["type"], name, config, kind));
      } catch (error) {
        failed.push({ package: packageName, error });
      }
    }
    const selection = plugins?.[kind];
    if (selection === undefined || variants.length === 0) continue;
    selection.allOf = variants;
    const typeSchema = mappingOf(selection)?.type as JsonSchema | undefined;
    if (typeSchema !== undefined && kind !== "data_quality")
      typeSchema.examples = installed.map(({ name }) => name);
  }
  return { manifest, floe, failed };
}

/** If the plugin is the selected one, its schema holds for `config`. */
function variant(keys: readonly string[], name: string, config: JsonSchema, kind: string): JsonSchema {
  // Settings of the platform may stand below data_quality's config too, so that one stays open.
  const open = kind === "data_quality" ? { ...config, additionalProperties: true } : config;
  return {
    if: {
      type: "object",
      anyOf: keys.map((key) => ({ properties: { [key]: { const: name } }, required: [key] })),
    },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema; this is never awaited
    then: { properties: { config: { anyOf: [open, { type: "null" }] } } },
  };
}

function mappingOf(selection: JsonSchema): Record<string, unknown> | undefined {
  const options = (selection.anyOf ?? []) as { properties?: Record<string, unknown> }[];
  return options.find(({ properties }) => properties !== undefined)?.properties;
}
