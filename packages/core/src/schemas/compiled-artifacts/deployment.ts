import { z } from "zod";

const text = z.string().min(1);
const strings = z.record(z.string(), z.string());
const values = z.record(z.string(), z.unknown());
const credentialSource = z.enum([
  "kubernetes-secret",
  "environment",
  "workload-identity",
  "external-secret-sync",
  "csi-secret-volume",
  "none",
]);
const createPolicy = z.enum(["create-if-missing", "must-exist", "never-create"]);

const credentialRefs = z
  .record(z.string(), z.strictObject({ source: credentialSource, name: text, key: z.string().nullish() }))
  .default({});

const storageSchema = z.strictObject({
  provider: text,
  protocol: text.default("s3-compatible"),
  endpoint: z.strictObject({
    internal_url: text,
    external_url: text,
    region: text,
    warehouse_path: text,
    path_style_access: z.boolean().default(false),
  }),
  warehouse: z.strictObject({ uri: text, bucket: text, prefix: z.string().default("") }).nullish(),
  allowed_locations: z.array(z.string()).default([]),
  buckets: z
    .array(
      z.strictObject({
        name: text,
        uri: text,
        purpose: z.enum(["warehouse", "artifacts", "landing", "quarantine", "checkpoints", "exports"]),
        create_policy: createPolicy,
        prefixes: z.array(z.string()).default([]),
        features: strings.default({}),
        tags: strings.default({}),
      }),
    )
    .default([]),
  credentials: z.strictObject({
    mode: credentialSource,
    secret_ref: z.strictObject({ name: text, namespace: text, keys: strings.default({}) }).nullish(),
    env_refs: strings.default({}),
    service_account_ref: z.string().nullish(),
  }),
  capabilities: z
    .strictObject({
      protocols: z.array(z.string()).default([]),
      credential_modes: z.array(z.string()).default([]),
      identity_modes: z.array(z.string()).default([]),
      sts_supported: z.boolean().default(false),
      path_style_access: z.boolean().default(false),
    })
    .prefault({}),
  provisioning: z
    .strictObject({
      enabled: z.boolean().default(false),
      mode: z.enum(["helm-job", "external", "manual", "future-plugin-runtime"]).default("manual"),
      default_create_policy: createPolicy.default("never-create"),
    })
    .prefault({}),
  runtime: z
    .strictObject({
      pyiceberg_properties: strings.default({}),
      dbt_profile_fragment: values.default({}),
      dagster_resources: values.default({}),
      env_refs: strings.default({}),
    })
    .prefault({}),
  dbt: z.strictObject({
    profile_name: text,
    target_name: text,
    schema_name: text,
    profile_fragment: values.default({}),
    env_refs: strings.default({}),
  }),
  dagster: z.strictObject({
    resource_key: text,
    asset_io_manager_key: text,
    resources: values.default({}),
    env_refs: strings.default({}),
  }),
  notes: z.array(z.string()).default([]),
});

const icebergRestSchema = z.strictObject({
  catalog_name: text.default("iceberg"),
  uri: text,
  warehouse: text,
  properties: strings.default({}),
  oauth2: z
    .strictObject({
      secret_name: text.default("iceberg"),
      client_id_env: text,
      client_secret_env: text,
      oauth2_server_uri_env: text,
      oauth2_scope_env: z.string().nullish(),
      oauth2_scope_default: z.string().nullish(),
    })
    .nullish(),
});

const catalogSchema = z.strictObject({
  provider: text,
  polaris: z
    .strictObject({
      storage_type: z.literal("S3"),
      warehouse: z.string().nullish(),
      default_base_location: text,
      allowed_locations: z.array(z.string()),
      endpoint: text,
      endpoint_internal: text,
      catalog_uri: z.string().nullish(),
      path_style_access: z.boolean(),
      sts_unavailable: z.boolean(),
      credential_refs: credentialRefs,
    })
    .nullish(),
  glue: z
    .strictObject({
      catalog_name: text.default("glue"),
      region: text,
      warehouse: text,
      catalog_id: z.string().nullish(),
      database_prefix: z.string().nullish(),
      endpoint: z.string().nullish(),
      skip_archive: z.boolean().default(true),
      max_retries: z.int().min(1).nullish(),
      retry_mode: z.string().nullish(),
      credential_refs: credentialRefs,
      properties: strings.default({}),
    })
    .nullish(),
  iceberg_rest: icebergRestSchema.nullish(),
  dbt: z
    .strictObject({
      profile_fragment: values.default({}),
      env_refs: strings.default({}),
      iceberg_rest: icebergRestSchema.nullish(),
    })
    .nullish(),
});

const ingestionSchema = z.strictObject({
  provider: z.literal("dlt"),
  dlt: z.strictObject({
    plugin_name: text,
    destination: z.literal("filesystem"),
    table_format: z.literal("iceberg"),
    source_filesystem: values.default({}),
    destination_filesystem: values.default({}),
    iceberg_catalog_env: strings.default({}),
    env_refs: strings.default({}),
  }),
});

/** What a cluster needs to know of storage, catalog and ingestion. Secrets are named, never held. */
export const deploymentSchema = z.strictObject({
  storage: storageSchema.nullish(),
  catalog: catalogSchema.nullish(),
  ingestion: ingestionSchema.nullish(),
});
