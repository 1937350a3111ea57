import { strict as assert } from "node:assert";
import { type Catalog, type CatalogPlugin, type IcebergSchema, isFloeError } from "@floe/core";
import type { KindRules, Rule } from "../rule.ts";
import type { Subject } from "../session/subject.ts";
import { expectCode, failureOf } from "./expect-code.ts";
import { inlineSecret } from "./inline-secrets.ts";

const SCHEMA: IcebergSchema = {
  fields: [
    { name: "id", type: "long", required: true, doc: "Identifies a row." },
    { name: "amount", type: "decimal(38, 2)", required: false },
  ],
};

const offline = ({ offline: reason }: { offline?: string }): string | undefined => reason;

/** A namespace of the rule's own, emptied and dropped when the rule is done. */
async function openNamespace(
  subject: Subject<"catalog">,
): Promise<{ plugin: CatalogPlugin; catalog: Catalog; namespace: string }> {
  const { plugin } = await subject.start();
  const catalog = await plugin.connect();
  const namespace = `floe_testkit_${process.pid}_${Date.now().toString(36)}`;
  subject.later(async () => {
    for (const table of await catalog.listTables(namespace)) await catalog.dropTable(table);
    await catalog.dropNamespace(namespace);
  });
  await plugin.createNamespace(namespace, { owner: "testkit" });
  return { plugin, catalog, namespace };
}

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

const tables: Rule<"catalog"> = {
  id: "catalog.tables",
  title: "creates, lists, loads and drops tables",
  notApplicable: offline,
  async check(subject) {
    const { catalog, namespace } = await openNamespace(subject);
    const name = `${namespace}.orders`;
    const made = await catalog.createTable(name, SCHEMA);
    assert.deepEqual(
      await catalog.listTables(namespace),
      [name],
      "listTables() doesn't give the full names.",
    );
    const loaded = await catalog.loadTable(name);
    assert.equal(loaded.uuid, made.uuid, "A table's UUID changed between creating and loading.");
    assert.match(loaded.uuid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, "A table's uuid isn't a UUID.");
    const fields = loaded.schema.fields.map(({ name: field, type, required }) => [
      field,
      String(type).replace(/\s/g, ""),
      required,
    ]);
    assert.deepEqual(
      fields,
      [
        ["id", "long", true],
        ["amount", "decimal(38,2)", false],
      ],
      "The schema came back changed.",
    );
    assert.equal(loaded.currentSnapshotId, null, "A table that nothing was written to has a snapshot.");
    assert(loaded.location !== "" && loaded.formatVersion >= 1, "location or formatVersion is missing.");
    await expectCode("CATALOG.EXISTS", "Creating a table again", () => catalog.createTable(name, SCHEMA));
    await expectCode("CATALOG.CONFLICT", "Dropping a namespace with a table", () =>
      catalog.dropNamespace(namespace),
    );
    await catalog.dropTable(name);
    await expectCode("CATALOG.NOT_FOUND", "Loading a table that is gone", () => catalog.loadTable(name));
    await expectCode("CATALOG.NOT_FOUND", "Dropping a table that is gone", () => catalog.dropTable(name));
    await expectCode("CATALOG.NOT_FOUND", "A table in a namespace that isn't there", () =>
      catalog.createTable("floe_testkit_nowhere.orders", SCHEMA),
    );
  },
};

const vending: Rule<"catalog"> = {
  id: "catalog.vending",
  title: "vends credentials for one table, with their end, or says that it doesn't vend",
  notApplicable: offline,
  async check(subject) {
    const { plugin, catalog, namespace } = await openNamespace(subject);
    const name = `${namespace}.orders`;
    const { location } = await catalog.createTable(name, SCHEMA);
    const failure = await failureOf(() => plugin.vendCredentials(name, ["read"]));
    if (isFloeError(failure) && failure.code === "PLUGIN.UNSUPPORTED") return;
    if (failure !== undefined) throw failure;
    const { properties, prefix, expiresAt } = await plugin.vendCredentials(name, ["read"]);
    assert(Object.keys(properties).length > 0, "The credentials hold nothing.");
    assert(
      location.startsWith(prefix) && prefix !== "",
      `They are for ${prefix}, the table lies at ${location}.`,
    );
    const ends = expiresAt === null || Date.parse(expiresAt) > Date.now();
    assert(ends, `They ended already, or expiresAt isn't a time: ${expiresAt}.`);
    await expectCode("CATALOG.NOT_FOUND", "Vending for a table that isn't there", () =>
      plugin.vendCredentials(`${namespace}.nowhere`, ["read"]),
    );
  },
};

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
  rules: [config, namespaces, tables, vending],
};
