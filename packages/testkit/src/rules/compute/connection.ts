import { strict as assert } from "node:assert";
import { isFloeError } from "@floe/core";
import type { Rule } from "../../rule.ts";
import { expectCode, failureOf } from "../expect-code.ts";
import { computeConfig, notWritable, offline, openEngine, tableName } from "./engine.ts";

const FAILURE = /^(CONNECTION|COMPUTE)\./;

const failing: Rule<"compute"> = {
  id: "compute.failing-configs",
  title: "answers why a connection can't be had, and throws nothing",
  notApplicable: ({ failingConfigs }) =>
    failingConfigs === undefined ? "The option `failingConfigs` isn't given." : undefined,
  async check(subject) {
    for (const source of subject.options.failingConfigs ?? []) {
      const config = await subject.resolve(source);
      const { plugin } = await subject.create({ config });
      await plugin.startup?.().catch(() => undefined);
      const shown = JSON.stringify(config);
      const { success, message, next } = await plugin.validateConnection(computeConfig(subject));
      assert.equal(success, false, `validateConnection() says that it succeeded with ${shown}: ${message}`);
      assert(message.trim() !== "", `validateConnection() gives no message with ${shown}.`);
      assert(next.length > 0, `validateConnection() doesn't say what to do (\`next\`) with ${shown}.`);
      const error = await failureOf(async () => (await plugin.connect(computeConfig(subject))).close());
      const coded = isFloeError(error) && FAILURE.test(error.code);
      assert(coded, `connect() with ${shown} must throw a CONNECTION.* or COMPUTE.*; it gave ${error}.`);
      await plugin.shutdown?.();
    }
  },
};

const describes: Rule<"compute"> = {
  id: "compute.connection",
  title: "lends a connection that names its dialect and the profile with which Python opens the same",
  notApplicable: offline,
  async check(subject) {
    const connection = await (await openEngine(subject))();
    assert.match(connection.dialect, /^[a-z][a-z0-9_]*$/, "`dialect` must be sqlglot's name for it.");
    const { plugin } = await subject.create();
    const { type } = plugin.generateDbtProfile(computeConfig(subject));
    assert.equal(
      connection.profile.type,
      type,
      "The connection's `profile` is of another type than generateDbtProfile()'s.",
    );
  },
};

const closes: Rule<"compute"> = {
  id: "compute.close",
  title: "releases the database when closed, and closing twice does no harm",
  notApplicable: notWritable,
  async check(subject) {
    const connect = await openEngine(subject);
    const reader = await connect();
    await reader.close();
    await reader.close();
    const failure = await failureOf(() => reader.query("SELECT 1 AS one"));
    assert(
      isFloeError(failure),
      `query() on a closed connection must throw a FloeError; it gave ${failure}.`,
    );
    const writer = await connect({ readOnly: false });
    await writer.query("SELECT 1 AS one");
    await writer.close();
  },
};

const readOnly: Rule<"compute"> = {
  id: "compute.read-only",
  title: "refuses writes unless asked for them, and keeps what was written",
  notApplicable: notWritable,
  async check(subject) {
    const connect = await openEngine(subject);
    const table = tableName();
    const writer = await connect({ readOnly: false });
    await writer.query(`CREATE TABLE ${table} (a INTEGER)`);
    await writer.query(`INSERT INTO ${table} VALUES (1)`);
    await writer.close();
    subject.later(async () => {
      const tidier = await connect({ readOnly: false });
      await tidier.query(`DROP TABLE ${table}`);
      await tidier.close();
    });

    for (const options of [undefined, { readOnly: true }]) {
      const reader = await connect(options);
      const call = `connect(${JSON.stringify(options) ?? ""})`;
      const { rows } = await reader.query(`SELECT COUNT(*) AS n FROM ${table}`);
      assert.equal(Number(rows[0]?.[0]), 1, `${call} doesn't see the row that was written.`);
      for (const statement of [
        `INSERT INTO ${table} VALUES (2)`,
        `CREATE TABLE ${tableName()} (a INTEGER)`,
      ]) {
        await expectCode("COMPUTE.FAILED", `${statement} after ${call}`, () => reader.query(statement));
      }
      await reader.close();
    }
  },
};

export const connectionRules: readonly Rule<"compute">[] = [failing, describes, closes, readOnly];
