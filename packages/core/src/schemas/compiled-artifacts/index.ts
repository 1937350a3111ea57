import { z } from "zod";
import { optional, withDefault } from "../optional.ts";
import { rule } from "../rule.ts";
import { reportInlineSecrets } from "../secret-free.ts";
import { deploymentSchema } from "./deployment/index.ts";
import { enforcementResultSchema, resolvedGovernanceSchema } from "./governance.ts";
import { artifactsVersion, identitySchema, manifestRefSchema, metadataSchema } from "./identity.ts";
import { ingestionOutputSchema } from "./ingestion-outputs.ts";
import { observabilityConfigSchema } from "./observability.ts";
import { resolvedPluginsSchema } from "./plugins.ts";
import { resolvedQualitySchema } from "./quality.ts";
import { resolvedTransformsSchema } from "./transforms.ts";

/** The version of the format that floe writes: that of the Python floe's released wheels. */
export const ARTIFACTS_VERSION = "0.16.0";

const values = z.record(z.string(), z.unknown());

/**
 * `compiled_artifacts.json`: a product, resolved against its platform. Version 0.16.0 of the Python
 * floe's format; files of older minors are read, since each only added fields. Nulls count as left out.
 *
 * What our floe adds stands below the one key `floe`. Readers of the Python floe refuse unknown keys, so
 * a writer must leave it out for them.
 */
export const compiledArtifactsSchema = z
  .strictObject({
    version: withDefault(artifactsVersion, ARTIFACTS_VERSION).describe("Version of the format."),
    metadata: metadataSchema.describe("What was compiled, when and by what."),
    identity: identitySchema.describe("The product in the company."),
    mode: withDefault(z.enum(["simple", "centralized", "mesh"]), "simple").describe(
      "simple: one manifest; centralized: with an enterprise above; mesh: with domains between.",
    ),
    inheritance_chain: withDefault(z.array(manifestRefSchema), []).describe(
      "The manifests that the platform's inherits from.",
    ),
    observability: observabilityConfigSchema.describe("What runs tell of themselves."),
    plugins: optional(resolvedPluginsSchema).describe("The plugins that it was compiled with."),
    deployment: optional(deploymentSchema).describe("What a cluster needs to know."),
    ingestion_outputs: withDefault(z.array(ingestionOutputSchema), []).describe(
      "Tables that ingestion fills.",
    ),
    transforms: optional(resolvedTransformsSchema).describe("The models."),
    dbt_profiles: optional(values).describe("dbt's profiles; secrets only as env_var()."),
    governance: optional(resolvedGovernanceSchema).describe("The rules that it was compiled under."),
    enforcement_result: optional(enforcementResultSchema).describe("What enforcement of the rules found."),
    data_contracts: withDefault(z.array(values), []).describe(
      "Contracts of output ports: documents of the Open Data Contract Standard 3, judged by its own schema.",
    ),
    quality_config: optional(resolvedQualitySchema).describe("The quality framework and gates."),
    floe: optional(values).describe("What our floe adds to the Python floe's format."),
  })
  .check(rule((value, report) => reportInlineSecrets(value.dbt_profiles, report, ["dbt_profiles"])));

/** A valid `compiled_artifacts.json`, with defaults filled in. */
export type CompiledArtifacts = z.output<typeof compiledArtifactsSchema>;
/** What may be written in one. */
export type CompiledArtifactsInput = z.input<typeof compiledArtifactsSchema>;
