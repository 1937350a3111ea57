import { z } from "zod";
import { optional, withDefault } from "../../optional.ts";
import { has, isMapping, rule } from "../../rule.ts";
import { credentialSource, envRefs, kubernetesSecretSchema } from "./credentials.ts";

const text = z.string().min(1);
const texts = withDefault(z.array(z.string()), []);
const labels = withDefault(z.record(z.string(), z.string()), {});
const settings = withDefault(z.record(z.string(), z.unknown()), {});
const createPolicy = z.enum(["create-if-missing", "must-exist", "never-create"]);

const endpointSchema = z.strictObject({
  internal_url: text.describe("Address within the cluster."),
  external_url: text.describe("Address from outside."),
  region: text.describe("Region of the object store."),
  warehouse_path: text.describe("Path of the warehouse in the store."),
  path_style_access: withDefault(z.boolean(), false).describe("Whether buckets stand in the path."),
});

const bucketSchema = z.strictObject({
  name: text.describe("Name of the bucket."),
  uri: text.describe("Its URI."),
  purpose: z
    .enum(["warehouse", "artifacts", "landing", "quarantine", "checkpoints", "exports"])
    .describe("What it holds."),
  create_policy: createPolicy.describe("What happens if it isn't there."),
  prefixes: texts.describe("Folders that are used in it."),
  features: labels.describe("Features that it must have."),
  tags: labels.describe("Its tags."),
});

const credentialsSchema = z
  .strictObject({
    mode: credentialSource.describe("Where credentials come from."),
    secret_ref: optional(kubernetesSecretSchema).describe("The secret, for mode kubernetes-secret."),
    env_refs: envRefs.describe("Environment variables, for mode environment."),
    service_account_ref: optional(z.string()).describe("Service account, for mode workload-identity."),
  })
  .check(
    rule((value, report) => {
      if (value.mode === "kubernetes-secret" && !has(value, "secret_ref")) {
        report(["secret_ref"], "mode kubernetes-secret needs secret_ref", { code: "ARTIFACTS.INVALID" });
      }
      const variables = isMapping(value.env_refs) ? Object.keys(value.env_refs).length : undefined;
      if (value.mode === "environment" && variables === 0) {
        report(["env_refs"], "mode environment needs env_refs", { code: "ARTIFACTS.INVALID" });
      }
    }),
  );

/** What a cluster needs to know of the object store. */
export const storageDeploymentSchema = z.strictObject({
  provider: text.describe("Name of the storage plugin."),
  protocol: withDefault(text, "s3-compatible").describe("Protocol of the store."),
  endpoint: endpointSchema.describe("Where the store is."),
  warehouse: optional(
    z.strictObject({
      uri: text.describe("URI of the warehouse."),
      bucket: text.describe("Its bucket."),
      prefix: withDefault(z.string(), "").describe("Its folder in the bucket."),
    }),
  ).describe("Where tables lie."),
  allowed_locations: texts.describe("URIs that tables may lie below."),
  buckets: withDefault(z.array(bucketSchema), []).describe("Buckets that must be there."),
  credentials: credentialsSchema.describe("How workloads get credentials."),
  capabilities: optional(
    z.strictObject({
      protocols: texts.describe("Protocols that the store speaks."),
      credential_modes: texts.describe("Ways of getting credentials that it supports."),
      identity_modes: texts.describe("Ways of identifying workloads that it supports."),
      sts_supported: withDefault(z.boolean(), false).describe("Whether it gives short-lived credentials."),
      path_style_access: withDefault(z.boolean(), false).describe("Whether buckets may stand in the path."),
    }),
  ).describe("What the store can do."),
  provisioning: optional(
    z.strictObject({
      enabled: withDefault(z.boolean(), false).describe("Whether buckets are made."),
      mode: withDefault(
        z.enum(["helm-job", "external", "manual", "future-plugin-runtime"]),
        "manual",
      ).describe("Who makes them."),
      default_create_policy: withDefault(createPolicy, "never-create").describe(
        "What happens if a bucket isn't there.",
      ),
    }),
  ).describe("Making of buckets."),
  runtime: optional(
    z.strictObject({
      pyiceberg_properties: labels.describe("Properties for PyIceberg."),
      dbt_profile_fragment: settings.describe("Part of dbt's profile."),
      dagster_resources: settings.describe("Resources for Dagster."),
      env_refs: envRefs.describe("Environment variables that a run needs."),
    }),
  ).describe("What a run needs."),
  dbt: z
    .strictObject({
      profile_name: text.describe("Name of dbt's profile."),
      target_name: text.describe("Its target."),
      schema_name: text.describe("Its schema."),
      profile_fragment: settings.describe("Part of the profile."),
      env_refs: envRefs.describe("Environment variables that the profile refers to."),
    })
    .describe("What dbt needs."),
  dagster: z
    .strictObject({
      resource_key: text.describe("Key of the resource."),
      asset_io_manager_key: text.describe("Key of the IO manager."),
      resources: settings.describe("Further resources."),
      env_refs: envRefs.describe("Environment variables that the resources refer to."),
    })
    .describe("What Dagster needs."),
  notes: texts.describe("Remarks for people."),
});
