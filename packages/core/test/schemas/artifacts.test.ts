import { ARTIFACTS_VERSION, compiledArtifactsSchema } from "@floe/core/artifacts";
import { describe, expect, it } from "vitest";
import { artifacts, withValue } from "./documents.ts";

const refused = (path: (string | number)[], value: unknown): string[] =>
  (compiledArtifactsSchema.safeParse(withValue(artifacts(), path, value)).error?.issues ?? []).map(
    ({ path: at }) => at.join("."),
  );

describe("compiled_artifacts.json", () => {
  it("reads what the Python floe writes, and fills in its defaults", () => {
    expect(compiledArtifactsSchema.parse(artifacts())).toMatchObject({
      version: ARTIFACTS_VERSION,
      mode: "simple",
      inheritance_chain: [],
      observability: {
        lineage: true,
        telemetry: {
          otlp_endpoint: "http://localhost:4317",
          sampling: { dev: 1, staging: 0.5, prod: 0.1 },
          batch_processor: { max_queue_size: 2048 },
          backend: "console",
        },
      },
    });
  });

  it("has one key for what ours adds, and no other", () => {
    expect(refused(["floe"], { anything: 1 })).toEqual([]);
    expect(refused(["more"], 1)).toEqual([""]);
  });

  it.each<[string, (string | number)[], unknown, string]>([
    [
      "a password in a profile",
      ["dbt_profiles", "orders-360", "outputs", "dev", "password"],
      "plain",
      "dbt_profiles.orders-360.outputs.dev.password",
    ],
    [
      "a key in a plugin's config",
      ["plugins", "compute", "config"],
      { deep: { api_key: "plain" } },
      "plugins.compute.config.deep.api_key",
    ],
    ["a version that is none", ["version"], "1", "version"],
    ["no models", ["transforms", "models"], [], "transforms.models"],
    [
      "a batch larger than its queue",
      ["observability", "telemetry", "batch_processor"],
      { max_queue_size: 1 },
      "observability.telemetry.batch_processor.max_export_batch_size",
    ],
    [
      "a password in an address",
      ["plugins", "compute", "config"],
      { uri: "postgres://user:plain@db/x" },
      "plugins.compute.config.uri",
    ],
    [
      "a token for the collector",
      ["observability", "telemetry", "authentication"],
      { auth_type: "bearer", bearer_token: "plain" },
      "observability.telemetry.authentication.bearer_token",
    ],
    [
      "a login to the collector without anything",
      ["observability", "telemetry", "authentication"],
      { auth_type: "api_key" },
      "observability.telemetry.authentication.api_key",
    ],
    [
      "a catalog's secret",
      ["deployment", "catalog", "glue", "properties"],
      { "client.secret-access-key": "plain" },
      "deployment.catalog.glue.properties.client.secret-access-key",
    ],
    [
      "a catalog that isn't described",
      ["deployment", "catalog", "glue"],
      undefined,
      "deployment.catalog.glue",
    ],
    [
      "a secret of a cluster without key",
      ["deployment", "catalog", "glue", "credential_refs", "access_key", "key"],
      undefined,
      "deployment.catalog.glue.credential_refs.access_key.key",
    ],
    [
      "a store whose secret isn't named",
      ["deployment", "storage", "credentials", "mode"],
      "kubernetes-secret",
      "deployment.storage.credentials.secret_ref",
    ],
    [
      "a store whose variables aren't named",
      ["deployment", "storage", "credentials", "env_refs"],
      {},
      "deployment.storage.credentials.env_refs",
    ],
    [
      "a credential in a source's path",
      ["ingestion_outputs", 0, "source_path"],
      "s3://x/y?access_key=1",
      "ingestion_outputs.0.source_path",
    ],
    [
      "a table that is none",
      ["ingestion_outputs", 0, "physical_table"],
      "raw orders",
      "ingestion_outputs.0.physical_table",
    ],
    [
      "dimension weights that don't add up",
      ["quality_config", "dimension_weights"],
      { accuracy: 1 },
      "quality_config.dimension_weights",
    ],
    ["a model's unknown key", ["transforms", "models", 0, "class"], "x", "transforms.models.0"],
  ])("refuses %s", (_title, path, value, where) => {
    expect(refused(path, value)).toEqual([where]);
  });

  it("knows credentials by their key, however it is written", () => {
    const config = (key: string) => refused(["plugins", "compute", "config"], { [key]: "plain" });
    for (const key of ["s3.secret-access-key", "secretAccessKey", "API_KEY", "auth_token", "Passphrase"]) {
      expect([key, config(key).length]).toEqual([key, 1]);
    }
    expect(refused(["plugins", "compute", "config"], { tokens: ["plain"] })).toEqual([
      "plugins.compute.config.tokens.0",
    ]);
    for (const key of ["token_env", "secret_name", "primary_key", "token_uri", "keyspace", "monkey"]) {
      expect([key, config(key).length]).toEqual([key, 0]);
    }
  });

  it("takes references where secrets are meant", () => {
    for (const value of ["{{ env_var('X') }}", "$" + "{env:X}"]) {
      expect(refused(["dbt_profiles", "orders-360", "outputs", "dev", "password"], value)).toEqual([]);
    }
    expect(
      refused(["plugins", "compute", "config"], { password: { source: "env", name: "X" }, token_env: "X" }),
    ).toEqual([]);
  });
});
