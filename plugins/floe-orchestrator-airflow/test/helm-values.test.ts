import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { createTestContext } from "@floe/testkit";
import { Ajv } from "ajv";
import plugin from "floe-orchestrator-airflow";
import { expect, it } from "vitest";

/**
 * What the official chart's own schema says of the keys that are used here: their types, and where it refuses
 * others (apache/airflow `chart/values.schema.json`, Apache-2.0; the whole is 650 kB).
 */
const quantities = { type: "object", additionalProperties: { type: ["string", "number"] } };
const resources = {
  type: "object",
  additionalProperties: false,
  properties: { claims: { type: "array" }, limits: quantities, requests: quantities },
};
const component = (more: object = {}) => ({
  type: "object",
  additionalProperties: false,
  properties: { resources, replicas: { type: "integer" }, ...more },
});
const enabled = { enabled: { type: "boolean" } };
const CHART = {
  type: "object",
  additionalProperties: false,
  properties: {
    executor: { type: "string" },
    scheduler: component(enabled),
    apiServer: component(enabled),
    dagProcessor: component({ enabled: { type: ["boolean", "null"] } }),
    triggerer: component(enabled),
    workers: component(),
    dags: {
      type: "object",
      properties: { persistence: { type: "object", additionalProperties: false, properties: enabled } },
    },
    config: { type: "object" },
  },
};

it("gives values that the official chart's schema knows", () => {
  const dir = mkdtempSync(tmpdir());
  const context = createTestContext({ kind: "orchestrator", name: "airflow", dir });
  const values = plugin.create(plugin.configSchema.parse({}), context).getHelmValues();
  const validate = new Ajv({ allErrors: true, strictTypes: false }).compile(CHART);
  validate(values);
  expect(validate.errors ?? []).toEqual([]);
  expect(validate({ ...values, webserver: {} })).toBe(false);
});
