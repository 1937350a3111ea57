import { strict as assert } from "node:assert";
import { readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { CommonRule } from "../../rule.ts";
import { MARK, marked } from "./mark.ts";
import { jsonFault, outcomeOf } from "./outcome.ts";
import { inAnotherMonth } from "./time-travel.ts";

/** Long enough for I/O begun without awaiting it to show. */
const SETTLING_MS = 20;

const cheap: CommonRule = {
  id: "create.cheap",
  title: "is made at once, without reaching for files, network, secrets or Python",
  async check(subject) {
    await subject.config();
    const before = await readdir(subject.dir);
    const { implementation, context } = await subject.create();
    assert(typeof implementation === "object" && implementation !== null, "create() must return an object.");
    assert(!("then" in implementation), "create() must return the plugin itself, not a promise of it.");
    await sleep(SETTLING_MS);
    assert.deepEqual(context.used, [], `create() used the context's ${context.used.join(", ")}.`);
    assert.deepEqual(await readdir(subject.dir), before, "create() made files.");
  },
};

const complete: CommonRule = {
  id: "create.complete",
  title: "has all members of its interface, and leaves its name and versions to its package.json",
  async check(subject) {
    const { implementation } = await subject.create();
    const members = implementation as Readonly<Record<string, unknown>>;
    for (const [name, type] of Object.entries(subject.kind.members)) {
      assert.equal(typeof members[name], type, `${name} must be a ${type}; it is ${typeof members[name]}.`);
    }
    for (const name of ["name", "version", "floeApiVersion"]) {
      assert.equal(members[name], undefined, `Leave \`${name}\` out: it is read from package.json.`);
    }
  },
};

const independent: CommonRule = {
  id: "create.independent",
  title: "is made anew each time",
  async check(subject) {
    const [first, second] = [await subject.create(), await subject.create()];
    assert(first.implementation !== second.implementation, "create() returned the same object twice.");
  },
};

const repeatable: CommonRule = {
  id: "pure.repeatable",
  title: "gives the same answers each time, in every instance, on any day",
  async check(subject) {
    const [{ plugin }, { plugin: other }] = [await subject.create(), await subject.create()];
    for (const { title, call } of subject.kind.pureCalls(subject)) {
      const first = JSON.stringify(outcomeOf(() => call(plugin)));
      const again = JSON.stringify(outcomeOf(() => inAnotherMonth(() => call(plugin))));
      assert.equal(again, first, `${title} answered differently the second time.`);
      const elsewhere = JSON.stringify(outcomeOf(() => call(other)));
      assert.equal(
        elsewhere,
        first,
        `${title} answered differently in another instance with the same config.`,
      );
    }
  },
};

const json: CommonRule = {
  id: "pure.json",
  title: "answers at once, with JSON where it goes into generated files",
  async check(subject) {
    const { plugin } = await subject.create();
    for (const { title, call } of subject.kind.pureCalls(subject)) {
      const outcome = outcomeOf(() => call(plugin));
      if ("threw" in outcome) continue;
      const fault = jsonFault(outcome.value);
      assert.equal(fault, undefined, `What ${title} returned isn't JSON: ${fault}.`);
    }
  },
};

const unshared: CommonRule = {
  id: "pure.unshared",
  title: "gives answers that a caller may change without changing the next",
  async check(subject) {
    const { plugin } = await subject.create();
    for (const { title, call } of subject.kind.pureCalls(subject)) {
      const outcome = outcomeOf(() => call(plugin));
      if ("threw" in outcome) continue;
      const next = marked(outcome.value, () => JSON.stringify(call(plugin)));
      assert(!next?.includes(MARK), `A change to what ${title} returned shows in its next answer.`);
    }
  },
};

const quiet: CommonRule = {
  id: "pure.quiet",
  title: "answers without reaching for files, network, secrets or Python",
  async check(subject) {
    const { plugin, context } = await subject.create();
    const before = await readdir(subject.dir);
    for (const { title, call } of subject.kind.pureCalls(subject)) {
      const used = context.used.length;
      outcomeOf(() => call(plugin));
      await sleep(0);
      assert.equal(
        context.used.length,
        used,
        `${title} used the context's ${context.used.slice(used).join(", ")}.`,
      );
    }
    await sleep(SETTLING_MS);
    assert.deepEqual(await readdir(subject.dir), before, "A call that must be pure made files.");
  },
};

export const purityRules: readonly CommonRule[] = [
  cheap,
  complete,
  independent,
  repeatable,
  json,
  unshared,
  quiet,
];
