import { z } from "zod";
import { kebabName, semanticVersion } from "../names.ts";
import { optional } from "../optional.ts";
import { has, isMapping, type Report, rule, type Unchecked, type UnknownKeys } from "../rule.ts";
import { artifactsConfigSchema } from "./artifacts.ts";
import { governanceSchema } from "./governance.ts";
import { observabilitySchema } from "./observability.ts";
import { pluginsSchema } from "./plugins.ts";
import { resourcePresetSchema } from "./presets.ts";

export { type Governance, governanceSchema } from "./governance.ts";
export { type Observability, observabilitySchema } from "./observability.ts";
export { type PluginSelection, pluginSelectionSchema, pluginsSchema } from "./plugins.ts";
export { type ResourcePreset, resourcePresetSchema } from "./presets.ts";
export {
  type GateTier,
  gateTierSchema,
  type QualityConfig,
  type QualityGates,
  qualityConfigSchema,
} from "./quality.ts";

/** Keys that would bind a manifest to one environment. */
const ENVIRONMENT_KEYS = new Set([
  "env_overrides",
  "environments",
  "environment",
  "env",
  "dev",
  "staging",
  "prod",
  "production",
  "target_env",
  "floe_env",
]);

const RESERVED_NAMES = new Set(["default", "system", "floe", "admin", "root"]);

const names = z.array(z.string().min(1));

const shape = z.strictObject({
  apiVersion: z.literal("floe.dev/v1").describe("Version of this format."),
  kind: z.literal("Manifest").describe("What the file declares: a platform."),
  metadata: z
    .strictObject({
      name: kebabName.describe("Name of the platform."),
      version: semanticVersion.describe("Version of the manifest, as text."),
      owner: z.string().min(1).describe("Who answers for it."),
      description: optional(z.string().max(500)).describe("What it is for."),
    })
    .describe("What the platform is."),
  scope: optional(z.enum(["enterprise", "domain"])).describe(
    "enterprise: the company's; domain: a part's, with an enterprise parent; left out: a platform of its own.",
  ),
  parent_manifest: optional(z.string().min(1)).describe(
    "Path of the enterprise's manifest, relative to this file.",
  ),
  plugins: pluginsSchema.describe("The plugins that the platform is made of."),
  governance: optional(governanceSchema).describe("Rules that every product must meet."),
  approved_plugins: optional(z.record(z.string(), names)).describe(
    "Plugins that may be selected, by kind. Enterprise only.",
  ),
  approved_sinks: optional(names).describe("Kinds of sink that products may send to. Enterprise only."),
  approved_products: optional(names).describe("Products that belong to the domain. Domain only."),
  defaults: optional(z.record(z.string(), z.string())).describe("Defaults for products."),
  artifacts: optional(artifactsConfigSchema).describe("Where compiled artifacts are published."),
  observability: optional(observabilitySchema).describe("What floe tells of its runs."),
  resource_presets: optional(z.record(z.string(), resourcePresetSchema)).describe(
    "Kubernetes resources by size: small, medium, large.",
  ),
});

/**
 * `manifest.yaml`: a platform. The format of the Python floe; `plugins.data_quality` of its specification
 * is accepted beside `plugins.quality` and is what the parsed manifest holds.
 */
export const manifestSchema = shape
  .check(
    rule((value, report, unknownKeys) => {
      reportScope(value, report);
      reportEnvironmentKeys(unknownKeys, report);
      const { metadata, plugins } = value;
      if (isMapping(metadata) && typeof metadata.name === "string" && RESERVED_NAMES.has(metadata.name)) {
        report(["metadata", "name"], `the name "${metadata.name}" is reserved`, {
          code: "CONFIG.INVALID_VALUE",
        });
      }
      if (isMapping(plugins) && isMapping(plugins.quality) && isMapping(plugins.data_quality)) {
        report(["plugins", "quality"], "quality and data_quality are the same", {
          code: "CONFIG.DUPLICATE_KEY",
          next: ["Keep data_quality."],
        });
      }
    }),
  )
  .transform(({ plugins: { quality, ...plugins }, ...manifest }) => ({
    ...manifest,
    plugins: { ...plugins, data_quality: plugins.data_quality ?? quality },
  }));

/** What each scope may and must have: C001 to C006 of the Python floe. */
function reportScope(value: Unchecked, report: Report): void {
  const { scope } = value;
  // Of a scope that doesn't exist nothing follows.
  if (scope !== undefined && scope !== "enterprise" && scope !== "domain") return;
  const only = (key: string, owner: "enterprise" | "domain"): void => {
    if (!has(value, key) || scope === owner) return;
    report([key], `${key} belongs to ${owner === "enterprise" ? "an enterprise" : "a domain"} manifest`, {
      code: "INHERITANCE.SCOPE",
      why: typeof scope === "string" ? `This manifest's scope is ${scope}.` : "This manifest has no scope.",
      next: [`Set scope: ${owner}, or move ${key} to the manifest that has it.`],
    });
  };
  only("approved_plugins", "enterprise");
  only("approved_sinks", "enterprise");
  only("approved_products", "domain");
  only("parent_manifest", "domain");
  if (scope === "domain" && !has(value, "parent_manifest")) {
    report(["parent_manifest"], "a domain manifest needs parent_manifest", {
      code: "INHERITANCE.SCOPE",
      next: ["Add parent_manifest: with the path of the enterprise's manifest."],
    });
  }
}

function reportEnvironmentKeys(unknownKeys: UnknownKeys, report: Report): void {
  for (const path of unknownKeys) {
    const [key, ...deeper] = path;
    if (deeper.length > 0 || !ENVIRONMENT_KEYS.has(String(key))) continue;
    report(path, `"${String(key)}" can't be set in a manifest`, {
      code: "CONFIG.ENVIRONMENT_KEY",
      why: "One manifest serves every environment, which is chosen when floe runs.",
      next: ["Use --env, or the environment variable FLOE_ENV."],
    });
  }
}

/** A valid manifest, on its own: what it inherits is the host's to add. */
export type Manifest = z.output<typeof manifestSchema>;
/** What may be written in one. */
export type ManifestInput = z.input<typeof manifestSchema>;
