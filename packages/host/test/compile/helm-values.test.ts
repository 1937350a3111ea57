import { GENERATED, type JsonObject } from "@floe/core";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { helmValues } from "../../src/compile/helm-values.ts";
import type { Product } from "../../src/project/product.ts";

/** A product with plugins that have these values, by kind. */
function product(given: Record<string, { name: string; values: JsonObject }>): Product {
  const get = (kind: string) => {
    const one = given[kind];
    if (one === undefined) return undefined;
    return {
      name: one.name,
      [kind === "storage" ? "getHelmValuesOverride" : "getHelmValues"]: () => one.values,
    };
  };
  return { plugins: { get }, project: { environment: "prod" } } as unknown as Product;
}

it("are a marked file for each service that the cluster runs", () => {
  const shared = { cpu: "1" };
  const files = helmValues(
    product({
      orchestrator: {
        name: "dagster",
        values: { daemon: { resources: shared }, web: { resources: shared } },
      },
      storage: { name: "local", values: {} },
      lineage_backend: { name: "marquez", values: { web: { replicaCount: 1 } } },
    }),
  );
  expect([...files.keys()]).toEqual(["deploy/helm/dagster.yaml", "deploy/helm/marquez.yaml"]);
  const text = files.get("deploy/helm/dagster.yaml") ?? "";
  expect(text.split("\n").slice(0, 2)).toEqual([
    GENERATED,
    "# Values for the chart of the orchestrator dagster, environment prod.",
  ]);
  // Helm's reader knows anchors, a person who looks for a value doesn't want to.
  expect(text).not.toContain("&");
  expect(parse(text)).toEqual({ daemon: { resources: shared }, web: { resources: shared } });
});

it("of two services of one name have the kind in theirs", () => {
  const one = { name: "acme", values: { a: 1 } };
  expect([...helmValues(product({ lineage_backend: one, telemetry_backend: one })).keys()]).toEqual([
    "deploy/helm/lineage-backend-acme.yaml",
    "deploy/helm/telemetry-backend-acme.yaml",
  ]);
});
