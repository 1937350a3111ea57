import { z } from "zod";
import { optional, withDefault } from "../../optional.ts";
import { has, rule } from "../../rule.ts";
import { credentialRefs, envRefs } from "./credentials.ts";

const text = z.string().min(1);
const properties = withDefault(z.record(z.string(), z.string()), {});

const icebergRestSchema = z.strictObject({
  catalog_name: withDefault(text, "iceberg").describe("Name that the engine knows the catalog by."),
  uri: text.describe("Address of the REST catalog."),
  warehouse: text.describe("Warehouse in it."),
  properties: properties.describe("Further properties."),
  oauth2: optional(
    z.strictObject({
      secret_name: withDefault(text, "iceberg").describe("Name of the engine's secret."),
      client_id_env: text.describe("Environment variable with the client's id."),
      client_secret_env: text.describe("Environment variable with the client's secret."),
      oauth2_server_uri_env: text.describe("Environment variable with the address of the token service."),
      oauth2_scope_env: optional(z.string()).describe("Environment variable with the scope."),
      oauth2_scope_default: optional(z.string()).describe("Scope where that is unset."),
    }),
  ).describe("Login by OAuth 2."),
});

const polarisSchema = z.strictObject({
  storage_type: z.literal("S3").describe("Kind of object store."),
  warehouse: optional(z.string()).describe("Warehouse in the catalog."),
  default_base_location: text.describe("URI that tables lie below."),
  allowed_locations: z.array(z.string()).describe("URIs that tables may lie below."),
  endpoint: text.describe("Address of the object store from outside."),
  endpoint_internal: text.describe("Its address within the cluster."),
  catalog_uri: optional(z.string()).describe("Address of the catalog."),
  path_style_access: z.boolean().describe("Whether buckets stand in the path."),
  sts_unavailable: z.boolean().describe("Whether the store gives no short-lived credentials."),
  credential_refs: credentialRefs,
});

const glueSchema = z.strictObject({
  catalog_name: withDefault(text, "glue").describe("Name that the engine knows the catalog by."),
  region: text.describe("AWS region."),
  warehouse: text.describe("URI that tables lie below."),
  catalog_id: optional(z.string()).describe("Id of the Glue catalog."),
  database_prefix: optional(z.string()).describe("Put before names of databases."),
  endpoint: optional(z.string()).describe("Address in place of AWS's own."),
  skip_archive: withDefault(z.boolean(), true).describe("Whether Glue keeps no old versions of tables."),
  max_retries: optional(z.int().min(1)).describe("Repetitions of a failed request."),
  retry_mode: optional(z.string()).describe("How they are spaced."),
  credential_refs: credentialRefs,
  properties: properties.describe("Further properties."),
});

/** What a cluster needs to know of the catalog. */
export const catalogDeploymentSchema = z
  .strictObject({
    provider: text.describe("Name of the catalog plugin."),
    polaris: optional(polarisSchema).describe("For Polaris."),
    glue: optional(glueSchema).describe("For AWS Glue."),
    iceberg_rest: optional(icebergRestSchema).describe("For any REST catalog."),
    dbt: optional(
      z.strictObject({
        profile_fragment: withDefault(z.record(z.string(), z.unknown()), {}).describe(
          "Part of dbt's profile.",
        ),
        env_refs: envRefs.describe("Environment variables that it refers to."),
        iceberg_rest: optional(icebergRestSchema).describe("The catalog, as dbt's engine attaches it."),
      }),
    ).describe("What dbt needs."),
  })
  .check(
    rule((value, report) => {
      for (const provider of ["polaris", "glue"]) {
        if (value.provider === provider && !has(value, provider)) {
          report([provider], `provider ${provider} needs ${provider}`, { code: "ARTIFACTS.INVALID" });
        }
      }
    }),
  );
