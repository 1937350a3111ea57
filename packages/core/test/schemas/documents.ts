import { parse } from "yaml";

/** A product that uses every key of the format. */
export const product = (): Record<string, unknown> =>
  parse(`
apiVersion: floe.dev/v1
kind: FloeSpec
metadata: {name: orders-360, version: 1.2.0, description: Orders product, owner: team@example.com, labels: {domain: sales, host: any}}
platform: {manifest: ../manifest.yaml}
transforms:
  - {name: bronze_orders, tags: [staging], tier: bronze}
  - name: gold_daily
    compute: duckdb
    tier: gold
    dependsOn: [bronze_orders]
    qualityChecks:
      - {name: id_nn, type: not_null, column: id, dimension: completeness, severity: critical, parameters: {}, enabled: true}
schedule: {cron: "0 6 * * *", timezone: UTC, enabled: true}
ingestion:
  sources:
    - {name: orders_files, sourceType: filesystem, format: csv, path: data/orders, destinationTable: raw.orders, writeMode: append, schemaContract: evolve}
    - {name: rates, sourceType: rest, url: "https://example.com/rates", destinationTable: raw.rates, writeMode: merge, primaryKey: [day, currency]}
destinations:
  - {name: crm, sink_type: rest_api, connection_secret_ref: crm-secret, source_table: gold.daily, batch_size: 500, field_mapping: {token: ext_id}}
outputPorts:
  - {name: gold_daily, schema: [{name: day, type: date, required: true, primaryKey: true}]}
`);

/** A manifest that uses most keys of the format. */
export const manifest = (): Record<string, unknown> =>
  parse(`
apiVersion: floe.dev/v1
kind: Manifest
metadata: {name: acme, version: 1.0.0, owner: platform@example.com, description: "The company's platform"}
scope: enterprise
plugins:
  compute: {type: duckdb, config: {threads: 4}}
  orchestrator: {type: dagster}
  storage: {type: s3, connection_secret_ref: lake, config: {bucket: lake}}
  catalog:
  quality:
    provider: great_expectations
    quality_gates:
      silver: {min_test_coverage: 80, required_tests: [not_null, unique]}
      gold: {min_test_coverage: 100%, overridable: false}
    check_timeout_seconds: 60
governance:
  policy_enforcement_level: strict
  naming: {enforcement: strict, pattern: medallion}
  quality_gates: {minimum_test_coverage: 80, layer_thresholds: {gold: 100}}
  custom_rules: [{type: require_meta_field, field: owner}]
  policy_overrides: [{pattern: legacy_*, action: exclude, reason: older than the rules, expires: 2027-01-31}]
approved_plugins: {compute: [duckdb, snowflake]}
approved_sinks: [rest_api]
observability: {tracing: {enabled: true}, lineage: {endpoint: "http://marquez:5000"}}
resource_presets: {small: {cpu: 500m, memory: 512Mi}, large: {requests: {cpu: 2, memory: 4Gi}, limits: {cpu: 4, memory: 8Gi}}}
`);

/** Artifacts as the Python floe writes them: with null for what isn't there. */
export const artifacts = (): Record<string, unknown> => ({
  version: "0.16.0",
  metadata: {
    compiled_at: "2026-01-01T00:00:00",
    floe_version: "0.3.0",
    source_hash: "sha256:00",
    product_name: "orders-360",
    product_version: "1.0.0",
  },
  identity: { product_id: "default.orders_360", domain: "default", repository: "" },
  observability: {
    telemetry: {
      resource_attributes: {
        service_name: "orders-360",
        service_version: "1.0.0",
        deployment_environment: "dev",
        floe_namespace: "default",
        floe_product_name: "orders-360",
        floe_product_version: "1.0.0",
        floe_mode: "dev",
      },
    },
    lineage_namespace: "default",
  },
  plugins: {
    compute: { type: "duckdb", version: "1.0.0" },
    orchestrator: { type: "dagster", version: "1.0.0" },
  },
  transforms: {
    models: [
      {
        name: "a",
        compute: "duckdb",
        tags: null,
        depends_on: null,
        quality_tier: "gold",
        quality_checks: [
          { name: "id_nn", type: "not_null", column: "id", dimension: "completeness", severity: "critical" },
        ],
      },
    ],
    default_compute: "duckdb",
  },
  deployment: {
    storage: {
      provider: "s3",
      endpoint: {
        internal_url: "http://store:9000",
        external_url: "http://localhost:9000",
        region: "eu-central-1",
        warehouse_path: "lake/warehouse",
      },
      credentials: { mode: "environment", env_refs: { secret_access_key: "AWS_SECRET_ACCESS_KEY" } },
      dbt: { profile_name: "orders-360", target_name: "dev", schema_name: "main" },
      dagster: { resource_key: "store", asset_io_manager_key: "io" },
    },
    catalog: {
      provider: "glue",
      polaris: null,
      glue: {
        region: "eu-central-1",
        warehouse: "s3://lake/warehouse",
        credential_refs: { access_key: { source: "kubernetes-secret", name: "aws", key: "access_key" } },
      },
      iceberg_rest: {
        uri: "http://catalog/api",
        warehouse: "lake",
        oauth2: {
          client_id_env: "CLIENT_ID",
          client_secret_env: "CLIENT_SECRET",
          oauth2_server_uri_env: "TOKEN_URI",
        },
      },
    },
    ingestion: null,
  },
  ingestion_outputs: [
    {
      source_name: "orders_files",
      source_type: "filesystem",
      logical_table: "raw.orders",
      physical_table: "lake.raw.orders",
      file_format: "csv",
      source_path: "data/orders",
      write_mode: "append",
      schema_contract: "evolve",
      primary_key: null,
    },
  ],
  governance: { policy_enforcement_level: "strict", data_retention_days: null },
  enforcement_result: {
    passed: true,
    error_count: 0,
    warning_count: 0,
    policy_types_checked: ["naming"],
    models_validated: 1,
    enforcement_level: "strict",
  },
  data_contracts: [{ apiVersion: "v3.1.0", kind: "DataContract", id: "orders" }],
  quality_config: {
    provider: "great_expectations",
    quality_gates: { gold: { min_test_coverage: 100, required_tests: ["not_null"], min_score: 90 } },
    dimension_weights: {
      completeness: 0.25,
      accuracy: 0.25,
      validity: 0.2,
      consistency: 0.15,
      timeliness: 0.15,
    },
  },
  dbt_profiles: {
    "orders-360": {
      target: "dev",
      outputs: { dev: { type: "duckdb", s3_secret_access_key: "{{ env_var('AWS_SECRET_ACCESS_KEY') }}" } },
    },
  },
});

/** Sets the value at a path of a document, and gives the document. */
export function withValue(
  document: Record<string, unknown>,
  path: readonly (string | number)[],
  value: unknown,
): Record<string, unknown> {
  let target = document as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) {
    target[key] ??= {};
    target = target[key] as Record<string | number, unknown>;
  }
  const last = path.at(-1) ?? "";
  if (value === undefined) delete target[last];
  else target[last] = value;
  return document;
}
