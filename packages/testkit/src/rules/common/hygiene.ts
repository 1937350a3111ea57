import { strict as assert } from "node:assert";
import type { Plugin } from "@floe/core";
import type { TestedKind } from "../../options.ts";
import type { CommonRule } from "../../rule.ts";
import { refusedPort, refusingServer } from "../../servers.ts";
import type { Evidence } from "../../session/evidence.ts";
import type { CreateOptions, Subject } from "../../session/subject.ts";
import { outcomeOf } from "./outcome.ts";

/** Suites whose calls were made for these rules already: once is enough. */
const EXERCISED = new WeakSet<Evidence>();

const secrets: CommonRule = {
  id: "secrets.nowhere",
  title: "shows no secret: not in an answer, an error, a log line or a file",
  async check(subject) {
    await exercise(subject);
    const leaks = [...subject.evidence.leaks];
    assert.deepEqual(leaks, [], `A secret stands in ${leaks.join("; ")}.`);
  },
};

const errors: CommonRule = {
  id: "errors.coded",
  title: "throws nothing but a FloeError with a known code, a summary and what to do next",
  async check(subject) {
    await exercise(subject);
    const faults = [...subject.evidence.poorErrors];
    assert.deepEqual(faults, [], faults.join("\n"));
  },
};

const output: CommonRule = {
  id: "output.none",
  title: "prints nothing: context.logger is for that",
  async check(subject) {
    await exercise(subject);
    const printed = [...subject.evidence.output];
    assert.deepEqual(printed, [], `It printed:\n${printed.join("\n")}`);
  },
};

/** Calls everything once, also where it must fail, so that there is something to judge. */
async function exercise<K extends TestedKind>(subject: Subject<K>): Promise<void> {
  const { evidence, options, dir } = subject;
  if (EXERCISED.has(evidence)) return;
  EXERCISED.add(evidence);
  if (options.offline === undefined) await callEverything(subject, {});
  if (options.unreachable !== undefined) {
    await using refusing = await refusingServer();
    for (const server of [await refusedPort(), refusing]) {
      await callEverything(subject, { config: await options.unreachable(server, { dir }) });
    }
  }
  // Looks at what was logged just now, too.
  await subject.finish();
}

async function callEverything<K extends TestedKind>(
  subject: Subject<K>,
  options: CreateOptions,
): Promise<void> {
  const instance = await subject.create(options);
  for (const { call } of subject.kind.pureCalls(subject)) outcomeOf(() => call(instance.plugin));
  const plugin: Plugin = instance.plugin;
  await plugin.startup?.().catch(() => undefined);
  for (const { call } of subject.kind.liveCalls) await call(instance.plugin, subject).catch(() => undefined);
  await plugin.healthCheck?.().catch(() => undefined);
  await plugin.shutdown?.().catch(() => undefined);
}

export const hygieneRules: readonly CommonRule[] = [secrets, errors, output];
