import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import type { JsonObject } from "@floe/core";
import { createTestContext } from "@floe/testkit";
import { Ajv } from "ajv";
import plugin from "floe-orchestrator-airflow";
import { expect, it } from "vitest";

/**
 * What the official chart's own schema says of the keys that are used here and of those beside them: types,
 * choices, and where it refuses others (apache/airflow `chart/values.schema.json`, of the chart for Airflow 3.0,
 * Apache-2.0; the whole is 650 kB). At the root it lets any key pass, which then does nothing: here it may not.
 */
const resources = {
  type: "object",
  additionalProperties: false,
  properties: {
    claims: { type: "array" },
    limits: { type: "object", additionalProperties: { type: ["string", "number"] } },
    requests: { type: "object", additionalProperties: { type: ["string", "number"] } },
  },
};
const component = (more: object = {}) => ({
  type: "object",
  additionalProperties: false,
  properties: { resources, replicas: { type: "integer" }, ...more },
});
const enabled = { type: "boolean" };
const optional = { type: ["string", "null"] };
const EXECUTOR = "([a-zA-Z_][a-zA-Z0-9_]*.)*[A-Z][a-zA-Z0-9]+Executor";
const CHART = {
  type: "object",
  additionalProperties: false,
  properties: {
    executor: { type: "string", pattern: `^(${EXECUTOR})(,(${EXECUTOR}))*$` },
    scheduler: component({ enabled }),
    apiServer: component({ enabled }),
    dagProcessor: component({ enabled: { type: ["boolean", "null"] } }),
    triggerer: component({ enabled }),
    workers: component(),
    dags: {
      type: "object",
      additionalProperties: false,
      properties: {
        mountPath: optional,
        persistence: {
          type: "object",
          additionalProperties: false,
          properties: {
            enabled,
            size: { type: "string" },
            storageClassName: optional,
            accessMode: { type: "string", enum: ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany"] },
            existingClaim: optional,
            annotations: { type: "object", additionalProperties: { type: "string" } },
            subPath: optional,
          },
        },
        gitSync: { type: "object" },
      },
    },
    config: {
      type: "object",
      additionalProperties: {
        type: "object",
        additionalProperties: { type: ["boolean", "integer", "number", "string"] },
      },
    },
  },
};

const validate = new Ajv({ allErrors: true, strictTypes: false, allowUnionTypes: true }).compile(CHART);

function helmValues(): JsonObject {
  const context = createTestContext({ kind: "orchestrator", name: "airflow", dir: mkdtempSync(tmpdir()) });
  return plugin.create(plugin.configSchema.parse({}), context).getHelmValues();
}

it("gives values that the official chart's schema knows", () => {
  validate(helmValues());
  expect(validate.errors ?? []).toEqual([]);
});

it.each([
  ["a component of Airflow 2", { webserver: {} }],
  ["an executor that isn't one", { executor: "kubernetes" }],
  ["a resource that isn't one", { scheduler: { resources: { requests: { cpu: { cores: 1 } } } } }],
  ["a setting that isn't a value", { config: { core: { load_examples: null } } }],
  ["a volume that can't be", { dags: { persistence: { accessMode: "ReadWriteAll" } } }],
  ["a key that the chart has elsewhere", { dags: { enabled: true } }],
])("is held to facts that refuse %s", (_, wrong) => {
  expect(validate({ ...helmValues(), ...wrong })).toBe(false);
});

it("lets every task's pod see the product, wherever it runs, and have quantities that Kubernetes reads", () => {
  const values = helmValues();
  expect(values).toMatchObject({ dags: { persistence: { accessMode: "ReadWriteMany" } } });
  const quantities = JSON.stringify(values).matchAll(/"(?:cpu|memory)":"([^"]*)"/g);
  for (const [, quantity] of quantities) expect(quantity).toMatch(/^\d+(\.\d+)?(m|Ki|Mi|Gi)?$/);
});
