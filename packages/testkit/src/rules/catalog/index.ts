import { strict as assert } from "node:assert";
import type { KindRules, Rule } from "../../rule.ts";
import { inlineSecret } from "../inline-secrets.ts";
import { namespaceRules } from "./namespaces.ts";
import { tableRules } from "./tables.ts";

const config: Rule<"catalog"> = {
  id: "catalog.config",
  title: "tells engines how to reach it: a SQL name, an address, secrets only by reference",
  async check(subject) {
    const { plugin } = await subject.create();
    const { name, uri, warehouse, properties = {} } = plugin.getCatalogConfig();
    assert.match(name, /^[A-Za-z_]\w*$/, `The name "${name}" can't stand in SQL.`);
    assert(URL.canParse(uri), `"${uri}" isn't an address.`);
    assert(warehouse !== "", "The warehouse has no name.");
    const inline = inlineSecret(properties);
    assert.equal(inline, undefined, `properties.${inline} holds a secret.`);
  },
};

export const catalogRules: KindRules<"catalog"> = {
  kind: "catalog",
  members: {
    connect: "function",
    createNamespace: "function",
    vendCredentials: "function",
    getCatalogConfig: "function",
  },
  pureCalls: () => [{ title: "getCatalogConfig()", call: (plugin) => plugin.getCatalogConfig() }],
  liveCalls: [{ title: "connect()", failure: "throws", call: (plugin) => plugin.connect() }],
  rules: [config, ...namespaceRules, ...tableRules],
};
