import { strict as assert } from "node:assert";
import { isFloeError } from "@floe/core";
import type { Rule } from "../../rule.ts";
import { expectCode, failureOf } from "../expect-code.ts";
import { offline, openNamespace, SCHEMA } from "./open-namespace.ts";

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
    const again = new Set(
      await Promise.all(Array.from({ length: 4 }, async () => (await catalog.loadTable(name)).uuid)),
    );
    assert.deepEqual([...again], [made.uuid], "A table loaded by several at once isn't the same for all.");
    await catalog.dropTable(name);
    await expectCode("CATALOG.NOT_FOUND", "Loading a table that is gone", () => catalog.loadTable(name));
    await expectCode("CATALOG.NOT_FOUND", "Dropping a table that is gone", () => catalog.dropTable(name));
    await expectCode("CATALOG.NOT_FOUND", "A table in a namespace that isn't there", () =>
      catalog.createTable("floe_testkit_nowhere.orders", SCHEMA),
    );
  },
};

const MANY = 12;

const lists: Rule<"catalog"> = {
  id: "catalog.lists",
  title: "lists everything, however many pages the catalog makes of it",
  notApplicable: offline,
  async check(subject) {
    const { plugin, catalog, namespace } = await openNamespace(subject);
    const tables = Array.from({ length: MANY }, (_, index) => `${namespace}.table_${index}`);
    await Promise.all(tables.map((table) => catalog.createTable(table, SCHEMA)));
    assert.deepEqual((await catalog.listTables(namespace)).toSorted(), tables.toSorted());
    const others = Array.from({ length: MANY }, (_, index) => `${namespace}_${index}`);
    for (const other of others) subject.later(() => catalog.dropNamespace(other));
    await Promise.all(others.map((other) => plugin.createNamespace(other)));
    const listed = await catalog.listNamespaces();
    const missing = others.filter((other) => !listed.includes(other));
    assert.deepEqual(missing, [], "Namespaces that were created aren't listed.");
    assert.equal(new Set(listed).size, listed.length, "A namespace is listed twice.");
  },
};

const racing: Rule<"catalog"> = {
  id: "catalog.racing",
  title: "lets one of several win that create the same thing at once, and tells the others",
  notApplicable: offline,
  async check(subject) {
    const { plugin, catalog, namespace } = await openNamespace(subject);
    const oneWins = async (what: string, make: () => Promise<unknown>): Promise<void> => {
      const outcomes = await Promise.all(Array.from({ length: 4 }, () => failureOf(make)));
      const lost = outcomes.filter((outcome) => outcome !== undefined);
      assert.equal(lost.length, 3, `Of four that create ${what} at once, ${4 - lost.length} succeeded.`);
      for (const failure of lost) {
        const code = isFloeError(failure) ? failure.code : String(failure);
        assert.match(code, /^CATALOG.(EXISTS|CONFLICT)$/, `One that lost ${what} was told ${code}.`);
      }
    };
    await oneWins("a table", () => catalog.createTable(`${namespace}.orders`, SCHEMA));
    const other = `${namespace}_raced`;
    subject.later(() => catalog.dropNamespace(other));
    await oneWins("a namespace", () => plugin.createNamespace(other));
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

export const tableRules: readonly Rule<"catalog">[] = [tables, lists, racing, vending];
