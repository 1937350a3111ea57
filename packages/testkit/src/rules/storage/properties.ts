import { strict as assert } from "node:assert";
import type { Rule } from "../../rule.ts";
import { expectCode } from "../expect-code.ts";
import { inlineSecret } from "../inline-secrets.ts";

const URI = /^[a-z][a-z0-9+.-]*:\/\/[^?#]*[^/?#]$/;

const warehouseUri: Rule<"storage"> = {
  id: "storage.warehouse-uri",
  title: "places namespaces in the warehouse, levels as folders, without a slash at the end",
  async check(subject) {
    const { plugin } = await subject.create();
    const warehouse = plugin.getWarehouseUri("");
    assert.match(
      warehouse,
      URI,
      `getWarehouseUri("") must be a URI such as s3://bucket/wh; it is ${warehouse}.`,
    );
    const expected = { bronze: "bronze", sales_eu: "sales_eu", "sales.europe.orders": "sales/europe/orders" };
    for (const [namespace, folder] of Object.entries(expected)) {
      assert.equal(
        plugin.getWarehouseUri(namespace),
        `${warehouse}/${folder}`,
        `getWarehouseUri("${namespace}") is wrong.`,
      );
    }
  },
};

const OUTSIDE = [
  "..",
  "../other",
  "bronze/../../other",
  "a/b",
  "/etc",
  "a\\b",
  "..\\other",
  "a..b",
  "bronze..",
];

const namespaceRefused: Rule<"storage"> = {
  id: "storage.namespace-refused",
  title: "refuses a namespace that would lead elsewhere",
  async check(subject) {
    const { plugin } = await subject.create();
    for (const namespace of OUTSIDE) {
      const call = `getWarehouseUri(${JSON.stringify(namespace)})`;
      await expectCode("STORAGE.OUTSIDE_WAREHOUSE", call, () => plugin.getWarehouseUri(namespace));
    }
  },
};

/** The credentials among PyIceberg's FileIO properties: https://py.iceberg.apache.org/configuration/#fileio */
const CREDENTIAL =
  /(secret|access-key|session-token|account-key|sas-token|client-secret|oauth2\.token|password|passwd)/i;

const pyiceberg: Rule<"storage"> = {
  id: "storage.pyiceberg-properties",
  title: "gives PyIceberg texts, and no credentials",
  async check(subject) {
    const { plugin } = await subject.create();
    for (const [key, value] of Object.entries(plugin.getPyicebergProperties())) {
      assert.equal(typeof value, "string", `The property ${key} must be text; it is a ${typeof value}.`);
      assert.doesNotMatch(
        key,
        CREDENTIAL,
        `The property ${key} is a credential, which Python finds for itself.`,
      );
      if (key !== "py-io-impl") continue;
      assert.match(
        value,
        /^\w+(\.\w+)+$/,
        `py-io-impl must be a Python class such as pyiceberg.io.fsspec.FsspecFileIO.`,
      );
    }
  },
};

const pyicebergSecrets: Rule<"storage"> = {
  id: "storage.pyiceberg-secrets",
  title: "tells PyIceberg of credentials only by the environment variables that they stand in",
  async check(subject) {
    const { plugin } = await subject.create();
    const named = plugin.getPyicebergSecrets?.() ?? {};
    const inline = inlineSecret(named);
    assert.equal(inline, undefined, `${inline} holds a secret.`);
    for (const [key, value] of Object.entries(named))
      assert.equal(typeof value, "string", `The property ${key} must be text; it is a ${typeof value}.`);
  },
};

export const propertyRules: readonly Rule<"storage">[] = [
  warehouseUri,
  namespaceRefused,
  pyiceberg,
  pyicebergSecrets,
];
