import { strict as assert } from "node:assert";
import { catalogName } from "@floe/core";
import type { Rule } from "../../rule.ts";
import { expectCode } from "../expect-code.ts";
import { offline, openNamespace, SCHEMA } from "./open-namespace.ts";

const namespaces: Rule<"catalog"> = {
  id: "catalog.namespaces",
  title: "creates, lists, describes and drops namespaces",
  notApplicable: offline,
  async check(subject) {
    const { plugin, catalog, namespace } = await openNamespace(subject);
    assert(
      (await catalog.listNamespaces()).includes(namespace),
      "A namespace that was created isn't listed.",
    );
    const { owner } = await catalog.loadNamespaceProperties(namespace);
    assert.equal(owner, "testkit", "A namespace's properties aren't what they were created with.");
    await expectCode("CATALOG.EXISTS", "Creating a namespace again", () => plugin.createNamespace(namespace));
    await catalog.dropNamespace(namespace);
    assert(
      !(await catalog.listNamespaces()).includes(namespace),
      "A namespace that was dropped is still listed.",
    );
    await expectCode("CATALOG.NOT_FOUND", "Dropping a namespace that is gone", () =>
      catalog.dropNamespace(namespace),
    );
    await expectCode("CATALOG.NOT_FOUND", "Asking for its properties", () =>
      catalog.loadNamespaceProperties(namespace),
    );
  },
};

const properties: Rule<"catalog"> = {
  id: "catalog.namespace-properties",
  title: "sets and removes a namespace's properties, and leaves the others",
  notApplicable: offline,
  async check(subject) {
    const { catalog, namespace } = await openNamespace(subject);
    const read = async (...keys: string[]): Promise<(string | undefined)[]> => {
      const all = await catalog.loadNamespaceProperties(namespace);
      return keys.map((key) => all[key]);
    };
    await catalog.updateNamespaceProperties(namespace, { set: { a: "1", "floe.product.id": "shop" } });
    assert.deepEqual(
      await read("owner", "a", "floe.product.id"),
      ["testkit", "1", "shop"],
      "Properties that were set aren't there, or others are gone.",
    );
    await catalog.updateNamespaceProperties(namespace, { set: { a: "2" }, remove: ["owner", "nothing"] });
    assert.deepEqual(
      await read("owner", "a", "floe.product.id"),
      [undefined, "2", "shop"],
      "Setting one property and removing another didn't do just that.",
    );
    await expectCode("CATALOG.FAILED", "Setting and removing the same property", () =>
      catalog.updateNamespaceProperties(namespace, { set: { a: "3" }, remove: ["a"] }),
    );
    await expectCode("CATALOG.NOT_FOUND", "Setting a property of a namespace that isn't there", () =>
      catalog.updateNamespaceProperties("floe_testkit_nowhere", { set: { a: "1" } }),
    );
  },
};

const nested: Rule<"catalog"> = {
  id: "catalog.nested-namespaces",
  title: "has namespaces within namespaces",
  notApplicable: (options) => options.offline ?? options.flatNamespaces,
  async check(subject) {
    const { plugin, catalog, namespace } = await openNamespace(subject);
    const child = `${namespace}.child`;
    await plugin.createNamespace(child);
    await plugin.createNamespace(`${child}.grandchild`);
    assert.deepEqual(
      await catalog.listNamespaces(namespace),
      [child],
      "listNamespaces(parent) must give those right below it, by their full names.",
    );
    const top = await catalog.listNamespaces();
    assert(!top.includes(child) && top.includes(namespace), "listNamespaces() must give those at the top.");
    const table = `${child}.orders`;
    await catalog.createTable(table, SCHEMA);
    assert.deepEqual(await catalog.listTables(child), [table]);
    assert.deepEqual(await catalog.listTables(namespace), [], "A child's table is listed in its parent.");
    await expectCode("CATALOG.CONFLICT", "Dropping a namespace that has another in it", () =>
      catalog.dropNamespace(namespace),
    );
  },
};

const DEFAULT_NAMES = ["with space", "dot.ted", "ünïcödé 漢字", "100%25+#&?=", 'quo"ted', "it's"];

const names: Rule<"catalog"> = {
  id: "catalog.names",
  title: "takes names with dots, spaces, signs and any letters, and refuses what is no name",
  notApplicable: offline,
  async check(subject) {
    const { plugin, catalog, namespace } = await openNamespace(subject);
    const { specialNames = DEFAULT_NAMES, flatNamespaces } = subject.options;
    const tables = specialNames.map((level) => catalogName([namespace, level]));
    for (const table of tables) {
      const { uuid } = await catalog.createTable(table, SCHEMA);
      assert.equal(
        (await catalog.loadTable(table)).uuid,
        uuid,
        `The table ${table} isn't found by its name.`,
      );
    }
    assert.deepEqual((await catalog.listTables(namespace)).toSorted(), tables.toSorted());
    if (flatNamespaces === undefined) {
      for (const child of tables) {
        // A table may not share its name with a namespace.
        await catalog.dropTable(child);
        await plugin.createNamespace(child, { level: child });
        assert.equal((await catalog.loadNamespaceProperties(child)).level, child);
      }
      assert.deepEqual((await catalog.listNamespaces(namespace)).toSorted(), tables.toSorted());
    }
    for (const wrong of ["", "..", `${namespace}.`, `${namespace}..orders`, `${namespace}."orders`]) {
      await expectCode("CATALOG.INVALID_NAME", `Loading the table ${JSON.stringify(wrong)}`, () =>
        catalog.loadTable(wrong),
      );
      await expectCode("CATALOG.INVALID_NAME", `Creating the namespace ${JSON.stringify(wrong)}`, () =>
        plugin.createNamespace(wrong),
      );
    }
  },
};

export const namespaceRules: readonly Rule<"catalog">[] = [namespaces, properties, nested, names];
