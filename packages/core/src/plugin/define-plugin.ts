import type { z } from "zod";
import type { PluginContext } from "./context.ts";
import type { PluginImplementation } from "./implementation.ts";
import { PLUGIN_KINDS, type PluginKind } from "./kinds.ts";

const BRAND = Symbol.for("floe.plugin");

/** What a plugin package exports as default, made by {@link definePlugin}. */
export interface PluginDefinition<K extends PluginKind = PluginKind, S extends z.ZodType = z.ZodType> {
  readonly kind: K;
  /** As in the package's `floe` field: `s3`, `duckdb`. The host refuses a definition under another name. */
  readonly name: string;
  /** One line for `floe plugins show`. */
  readonly description?: string;
  /**
   * What may stand below `config:` in the manifest. A strict object; every field described, for the
   * descriptions are the editor's help and the documentation. Its parsed output is what `create` gets.
   */
  readonly configSchema: S;
  /** Kinds that must be selected and started before this one. A kind that isn't selected is a fault. */
  readonly requires?: readonly PluginKind[];
  /**
   * Makes the plugin. Called once per project with a valid config. Must be cheap: no I/O, no SDK import
   * (that happens at first use), nothing to clean up.
   */
  create(config: z.output<S>, context: PluginContext): PluginImplementation<K>;
}

/**
 * Declares a plugin. The default export of the module that the package's `floe` field names:
 *
 * ```ts
 * export default definePlugin({
 *   kind: "storage",
 *   name: "s3",
 *   configSchema: z.strictObject({ bucket: z.string().describe("...") }),
 *   create: (config, context) => new S3Storage(config, context),
 * });
 * ```
 */
export function definePlugin<K extends PluginKind, S extends z.ZodType>(
  definition: PluginDefinition<K, S>,
): PluginDefinition<K, S> {
  return Object.freeze({ ...definition, [BRAND]: true });
}

/**
 * Whether a value was made by {@link definePlugin}, of this or another copy of the package. It checks the
 * brand and the parts that the host relies on, for the other copy may be older.
 */
export function isPluginDefinition(value: unknown): value is PluginDefinition {
  if (typeof value !== "object" || value === null) return false;
  const candidate = value as Partial<PluginDefinition> & Record<symbol, unknown>;
  return (
    candidate[BRAND] === true &&
    PLUGIN_KINDS.includes(candidate.kind as PluginKind) &&
    typeof candidate.name === "string" &&
    typeof candidate.create === "function" &&
    typeof candidate.configSchema?.safeParse === "function"
  );
}
