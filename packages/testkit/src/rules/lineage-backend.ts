import { strict as assert } from "node:assert";
import type { KindRules, Rule } from "../rule.ts";
import { inlineSecret } from "./inline-secrets.ts";

const LONGEST_TIMEOUT_S = 60;
const PLACEHOLDERS = new Set(["environment", "product", "domain"]);
const NEEDED = { static: undefined, environment_based: "environment", product_based: "product" } as const;

const transport: Rule<"lineage_backend"> = {
  id: "lineage.transport",
  title: "says over HTTP where events go: a base URL, and a path below it",
  async check(subject) {
    const { plugin } = await subject.create();
    const { type, url, endpoint, timeout } = plugin.getTransportConfig();
    assert.equal(type, "http", "`type` must be http.");
    const { protocol, pathname, search } = new URL(url);
    assert(protocol === "http:" || protocol === "https:", `${url} isn't an HTTP address.`);
    assert(!url.endsWith("/"), "`url` must not end in a slash.");
    assert(!endpoint.startsWith("/") && endpoint !== "", "`endpoint` is a path without a slash in front.");
    assert(search === "" && !pathname.endsWith(endpoint), "`url` must not hold the endpoint already.");
    const seconds = timeout > 0 && timeout <= LONGEST_TIMEOUT_S;
    assert(seconds, `\`timeout\` is in seconds, up to ${LONGEST_TIMEOUT_S}; it is ${timeout}.`);
  },
};

const auth: Rule<"lineage_backend"> = {
  id: "lineage.auth",
  title: "names the environment variable of its token, and holds no secret",
  async check(subject) {
    const { plugin } = await subject.create();
    const given = plugin.getTransportConfig();
    const { username, password } = new URL(given.url);
    assert(username === "" && password === "", "`url` holds a login.");
    if (given.auth !== undefined) {
      const { apiKeyEnvironmentVariable: variable } = given.auth;
      assert.match(variable, /^[A-Za-z_]\w*$/, `${variable} isn't the name of an environment variable.`);
    }
    const inline = inlineSecret(plugin.getHelmValues());
    assert.equal(inline, undefined, `${inline} in the Helm values holds a secret.`);
  },
};

const namespaces: Rule<"lineage_backend"> = {
  id: "lineage.namespace",
  title: "forms namespaces by a template that fits its strategy",
  async check(subject) {
    const { plugin } = await subject.create();
    const { strategy, template, environmentVar } = plugin.getNamespaceStrategy();
    const placeholders = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    const unknown = placeholders.find((name) => !PLACEHOLDERS.has(name));
    assert.equal(unknown, undefined, `The template has an unknown placeholder, {${unknown}}.`);
    assert(template.trim() !== "", "The template is empty.");
    assert(strategy in NEEDED, `There is no strategy ${strategy}.`);
    const needed = NEEDED[strategy];
    if (needed === undefined) assert.deepEqual(placeholders, [], "A static namespace has no placeholders.");
    else assert(placeholders.includes(needed), `The strategy ${strategy} needs {${needed}} in the template.`);
    if (environmentVar !== undefined) {
      assert.match(environmentVar, /^[A-Za-z_]\w*$/, `${environmentVar} isn't an environment variable.`);
    }
  },
};

export const lineageBackendRules: KindRules<"lineage_backend"> = {
  kind: "lineage_backend",
  members: {
    getTransportConfig: "function",
    getNamespaceStrategy: "function",
    getHelmValues: "function",
    validateConnection: "function",
  },
  pureCalls: () => [
    { title: "getTransportConfig()", call: (plugin) => plugin.getTransportConfig() },
    { title: "getNamespaceStrategy()", call: (plugin) => plugin.getNamespaceStrategy() },
    { title: "getHelmValues()", call: (plugin) => plugin.getHelmValues() },
  ],
  liveCalls: [
    { title: "validateConnection()", failure: "answers", call: (plugin) => plugin.validateConnection() },
  ],
  rules: [transport, auth, namespaces],
};
