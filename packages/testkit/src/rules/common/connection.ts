import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { type ConnectionResult, isFloeError, type Plugin } from "@floe/core";
import type { DeadServer, OptionsByKind, TestedKind } from "../../options.ts";
import type { CommonRule, LiveCall } from "../../rule.ts";
import { refusedPort, refusingServer, stallingServer } from "../../servers.ts";
import { Provoked } from "../../session/evidence.ts";
import { withinLimit } from "../../session/limit.ts";
import type { Instance, Subject } from "../../session/subject.ts";

/** After an abort a call may still tidy up. */
const ABORT_GRACE_MS = 2_000;
/** The host gives startup three times as long as a connection check. */
const STARTUP_FACTOR = 3;

const withoutServer = ({ unreachable, noServer }: OptionsByKind[TestedKind]): string | undefined =>
  unreachable === undefined ? noServer : undefined;

const alive: CommonRule = {
  id: "connection.alive",
  title: "connects with a config that works",
  notApplicable: ({ offline }) => offline,
  async check(subject) {
    const { plugin } = await subject.start();
    for (const { title, failure, call } of subject.kind.liveCalls) {
      const answer = await call(plugin, subject);
      if (failure === "throws") continue;
      const result = answer as ConnectionResult;
      assert.equal(result.success, true, `${title} failed: ${result.message}`);
      assertSentence(result.message, title);
      assert.deepEqual(result.next, [], `${title} succeeded and yet says what to do (\`next\`).`);
      assert((result.latencyMs ?? 0) >= 0, `${title} measured a negative latency.`);
    }
  },
};

const refused: CommonRule = {
  id: "connection.refused",
  title: "says so in time when nothing listens at the address",
  notApplicable: withoutServer,
  check: async (subject) => expectDead(subject, await refusedPort(), { connectionCode: true }),
};

const stalled: CommonRule = {
  id: "connection.stalled",
  title: "says so in time when a server accepts and never answers",
  notApplicable: withoutServer,
  async check(subject) {
    await using server = await stallingServer();
    await expectDead(subject, server, { connectionCode: true });
  },
};

const unauthorized: CommonRule = {
  id: "connection.unauthorized",
  title: "says so when a server refuses everything with 401",
  notApplicable: withoutServer,
  async check(subject) {
    await using server = await refusingServer();
    await expectDead(subject, server, { connectionCode: false });
  },
};

const secretMissing: CommonRule = {
  id: "connection.secret-missing",
  title: "says so when a secret can't be found",
  notApplicable: withoutServer,
  async check(subject) {
    const config = await deadConfig(subject, await refusedPort());
    for (const call of subject.kind.liveCalls) {
      const instance = await subject.create({ config, withoutSecrets: true });
      await expectFailure(subject, instance, call, { connectionCode: false });
    }
  },
};

const aborted: CommonRule = {
  id: "connection.aborted",
  title: "ends a call when context.signal is aborted",
  notApplicable: withoutServer,
  async check(subject) {
    await using server = await stallingServer();
    const config = await deadConfig(subject, server);
    const tries = subject.kind.liveCalls.map(async ({ title, call }) => {
      const { plugin, context } = await subject.create({ config });
      const running = startAnd(plugin, () => call(plugin, subject)).catch(() => undefined);
      await Promise.race([server.connected, running, sleep(subject.deadlineMs)]);
      context.abort(new Provoked("the user interrupted"));
      await withinLimit(
        ABORT_GRACE_MS,
        () => `${title} went on for 2 s after context.signal was aborted.`,
        running,
      );
    });
    await settled(tries);
  },
};

interface Expectation {
  /** Whether what is thrown must be a `CONNECTION.*`. */
  connectionCode: boolean;
}

async function expectDead<K extends TestedKind>(
  subject: Subject<K>,
  server: DeadServer,
  expectation: Expectation,
): Promise<void> {
  const config = await deadConfig(subject, server);
  const tries = subject.kind.liveCalls.map(async (call) =>
    expectFailure(subject, await subject.create({ config }), call, expectation),
  );
  const { plugin }: { plugin: Plugin } = await subject.create({ config });
  const health = plugin.healthCheck?.().then(
    ({ state, message }) => {
      assert(state !== "healthy", "healthCheck() says healthy.");
      assertSentence(message, "healthCheck()");
    },
    () => undefined,
  );
  await settled([...tries, ...(health === undefined ? [] : [health])]);
}

async function expectFailure<K extends TestedKind>(
  subject: Subject<K>,
  { plugin }: Instance<K>,
  { title, failure, call }: LiveCall<K>,
  { connectionCode }: Expectation,
): Promise<void> {
  const { deadlineMs } = subject;
  const inTime = <T>(what: string, limitMs: number, task: Promise<T>): Promise<T> =>
    withinLimit(limitMs, () => `${what} hadn't ended after ${limitMs / 1000} s.`, task);

  const starting = (plugin as Plugin).startup?.();
  const startFailure: unknown =
    starting &&
    (await inTime("startup()", STARTUP_FACTOR * deadlineMs, starting).then(
      () => undefined,
      (error: unknown) => error,
    ));
  if (startFailure !== undefined && failure === "throws") {
    return assertCoded(startFailure, "startup()", connectionCode);
  }
  const running = inTime(title, deadlineMs, call(plugin, subject));
  if (failure === "answers") {
    const { success, message, next } = (await running) as ConnectionResult;
    assert.equal(success, false, `${title} says that it succeeded: ${message}`);
    assertSentence(message, title);
    assert(
      next.length > 0 && next.every((step) => step.trim() !== ""),
      `${title} failed and doesn't say what to do (\`next\`).`,
    );
    return;
  }
  const outcome = await running.then(
    (value: unknown) => ({ value }),
    (error: unknown) => ({ error }),
  );
  assert("error" in outcome, `${title} gave ${JSON.stringify(outcome)} although nothing could be reached.`);
  assertCoded(outcome.error, title, connectionCode);
}

function assertCoded(error: unknown, call: string, connectionCode: boolean): void {
  if (error instanceof Error && error.name === "TimeUp") throw error;
  assert(isFloeError(error), `${call} threw something that isn't a FloeError: ${error}`);
  const fits = !connectionCode || error.code.startsWith("CONNECTION.");
  assert(fits, `${call} threw ${error.code} where CONNECTION.* is meant: ${error.summary}`);
}

function assertSentence(message: unknown, call: string): void {
  assert(typeof message === "string" && message.trim() !== "", `${call} gave no message.`);
}

function deadConfig<K extends TestedKind>({ options, dir }: Subject<K>, server: DeadServer): unknown {
  assert(options.unreachable, "Give the option `unreachable`, or say in `noServer` why there is none.");
  return options.unreachable(server, { dir });
}

async function startAnd(plugin: Plugin, call: () => Promise<unknown>): Promise<unknown> {
  await plugin.startup?.();
  return call();
}

/** Waits for all, then fails as the first that failed: nothing runs on into the next rule. */
async function settled(tasks: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(tasks)) if (result.status === "rejected") throw result.reason;
}

export const connectionRules: readonly CommonRule[] = [
  alive,
  refused,
  stalled,
  unauthorized,
  secretMissing,
  aborted,
];
