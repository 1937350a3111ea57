import { ARTIFACTS_VERSION, compiledArtifactsSchema } from "@floe/core";
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
  ])("refuses %s", (_title, path, value, where) => {
    expect(refused(path, value)).toEqual([where]);
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
