import type { IncomingMessage } from "node:http";
import type { ErrorCode, FileIO, PluginDefinition } from "@floe/core";
import { refusedPort } from "@floe/testkit/check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MissingService } from "../../services/service.ts";
import { atFirst, type Fault, type FaultPlan, type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { bytes, type OpenStore, openStore, pattern, type StoreAccess, text } from "./store-access.ts";

/** A way of being refused. */
export interface Refusal {
  code: ErrorCode;
  /** What the message, its reason and remedies name. */
  says?: RegExp;
  /** What leads to it, at an address: the server's, or a proxy's before it. */
  access: StoreAccess | ((url: string) => StoreAccess);
  /** What the server would answer, where this one can't be made to. */
  answer?: Extract<Fault, { kind: "answer" }>;
  /** Default: all. */
  operations?: readonly Operation[];
}

/** Why a store has no such refusal. */
export interface NoRefusal {
  none: string;
}

/** A real server with an empty bucket, and what can go wrong with it. */
export interface FaultyStore extends AsyncDisposable {
  /** Plain HTTP. */
  url: string;
  /**
   * Reaches it at an address. Impatient: at most three attempts, at most a second of silence, and parts of at
   * most 8 MiB.
   */
  access(url: string): StoreAccess;
  refusals: {
    wrongKey: Refusal | NoRefusal;
    expiredToken: Refusal | NoRefusal;
    /** A credential that may read and nothing else. */
    readOnly: Refusal | NoRefusal;
    /** A credential that is good for something else alone. */
    elsewhere: Refusal | NoRefusal;
    missingBucket: Refusal | NoRefusal;
    wrongRegion: Refusal | NoRefusal;
  };
  /** What this kind of server answers when it is asked too much. */
  busy: readonly Extract<Fault, { kind: "answer" }>[];
  /** Whether a request carries a part in the middle of a large file. */
  isLaterPart(request: IncomingMessage): boolean;
  /** Whether a request makes a small file visible, or a large one. */
  isCommit(request: IncomingMessage): boolean;
  /** How many uploads the server keeps that were begun and neither completed nor removed, where it does. */
  unfinishedUploads?(): Promise<number>;
}

type Operation = "exists" | "length" | "read" | "write" | "delete";

const OPERATIONS: Record<Operation, (files: FileIO, location: string) => Promise<unknown>> = {
  exists: (files, location) => files.newInput(location).exists(),
  length: (files, location) => files.newInput(location).length(),
  read: (files, location) => files.newInput(location).read(),
  write: (files, location) => files.newOutput(location).write(bytes("x"), { overwrite: true }),
  delete: (files, location) => files.delete(location),
};
const ALL = Object.keys(OPERATIONS) as Operation[];

const LARGE = 20 * 1024 * 1024;
/** Three attempts with a second of silence each, and what lies between them, beside other tests. */
const IN_TIME_MS = 15_000;
const REQUESTS_AT_MOST = 12;

const isRead = ({ method }: IncomingMessage): boolean => method === "GET";

async function* halves(data: Uint8Array): AsyncGenerator<Uint8Array> {
  const middle = Math.floor(data.length / 2);
  yield data.subarray(0, middle);
  yield data.subarray(middle);
}

/**
 * What every store does when its server refuses, is away, is slow or breaks off: the same codes, nothing
 * half-written, nothing lost.
 */
export function testStoreFaults(
  plugin: PluginDefinition<"storage">,
  start: () => Promise<FaultyStore | MissingService>,
  startLimitMs: number,
): void {
  describe(`${plugin.name} and its server`, () => {
    let server: FaultyStore | MissingService = { missing: "not started" };
    let names = 0;
    const name = (): string => {
      names += 1;
      return `faults/${names}`;
    };
    beforeAll(async () => {
      server = await start();
    }, startLimitMs);
    afterAll(async () => {
      if (!("missing" in server)) await server[Symbol.asyncDispose]();
    });

    /**
     * A test with the server, a proxy before it, and the store by way of the proxy. One that sends much, or looks
     * at what the whole server has, runs while no other does.
     */
    const test = (
      title: string,
      check: (world: {
        server: FaultyStore;
        proxy: FaultProxy;
        store: OpenStore;
        at: string;
      }) => Promise<void>,
      {
        needs = () => undefined,
        alone = false,
      }: { needs?: (server: FaultyStore) => string | undefined; alone?: boolean } = {},
    ): void => {
      // Most of the time goes into waiting for time-outs and back-off.
      it(title, { timeout: 60_000, concurrent: !alone }, async ({ skip }) => {
        if ("missing" in server) return skip(server.missing);
        const lacking = needs(server);
        if (lacking !== undefined) return skip(lacking);
        await using proxy = await startFaultProxy(server.url);
        await using store = openStore(plugin, server.access(proxy.url));
        await check({ server, proxy, store, at: store.at(name()) });
      });
    };

    const refusal = (title: string, kind: keyof FaultyStore["refusals"]): void =>
      test(
        `${title} is told as what it is`,
        async ({ server, proxy, at }) => {
          const expected = server.refusals[kind];
          if ("none" in expected) return;
          const { code, says = /./, access, answer, operations = ALL } = expected;
          await using right = openStore(plugin, server.access(server.url));
          await right.files.newOutput(at).write(bytes("there"));
          if (answer !== undefined) proxy.plan = () => answer;
          await using store = openStore(plugin, typeof access === "function" ? access(proxy.url) : access);
          const location = store.at(at.slice(right.at("").length));
          for (const operation of ALL) {
            const outcome = OPERATIONS[operation](store.files, location);
            if (!operations.includes(operation)) {
              await outcome;
              continue;
            }
            const error = await outcome.then(
              () => expect.unreachable(`${operation} succeeded`),
              (reason: unknown) => reason as { code: string; toJSON?(): unknown },
            );
            expect(error, operation).toMatchObject({ code });
            expect(JSON.stringify(error), operation).toMatch(says);
          }
          expect(text(await right.files.newInput(at).read())).toBe("there");
        },
        {
          needs({ refusals }) {
            const expected = refusals[kind];
            return "none" in expected ? expected.none : undefined;
          },
        },
      );

    refusal("a wrong key", "wrongKey");
    refusal("an expired token", "expiredToken");
    refusal("a credential that may only read", "readOnly");
    refusal("a credential that is good for something else", "elsewhere");
    refusal("a bucket that isn't there", "missingBucket");
    refusal("a wrong region", "wrongRegion");

    test("a name that can't be resolved, and a port where nothing listens, are told as what they are", async ({
      server,
    }) => {
      const dead = await refusedPort();
      for (const [url, code] of [
        ["http://no-such-host.invalid:9000", "CONNECTION.UNREACHABLE"],
        [dead.url, "CONNECTION.REFUSED"],
      ] as const) {
        await using store = openStore(plugin, server.access(url));
        await Promise.all(
          ALL.map((operation) => {
            const outcome = OPERATIONS[operation](store.files, store.at("x"));
            return expect(outcome, `${operation} at ${url}`).rejects.toMatchObject({ code });
          }),
        );
      }
    });

    test("a server that speaks another protocol is no store, and nothing is said to be missing", async ({
      proxy,
      store,
      at,
    }) => {
      const page = { "content-type": "text/html" };
      for (const status of [200, 404]) {
        proxy.plan = () => ({
          kind: "answer",
          status,
          headers: page,
          body: "<html><body>Hello</body></html>",
        });
        for (const operation of ["exists", "length", "read", "write"] as const) {
          const outcome = OPERATIONS[operation](store.files, at);
          await expect(outcome, `${operation}, ${status}`).rejects.toMatchObject({
            code: expect.stringMatching(/^(CONNECTION|STORAGE)\.FAILED$/),
          });
        }
      }
    });

    const retried: readonly (readonly [string, (server: FaultyStore) => readonly Fault[], ErrorCode])[] = [
      ["silent", () => [{ kind: "stall" }], "CONNECTION.TIMEOUT"],
      ["cut off", () => [{ kind: "reset" }], "CONNECTION.FAILED"],
      ["asked too much", ({ busy }) => busy, "CONNECTION.FAILED"],
    ];
    for (const [state, faultsOf, code] of retried) {
      test(`a server that is ${state} is asked again, and when it stays so it is told in time`, async ({
        server,
        proxy,
        store,
        at,
      }) => {
        await store.files.newOutput(at).write(bytes("there"));
        for (const fault of faultsOf(server)) {
          const shown = JSON.stringify(fault);
          proxy.plan = atFirst(1, fault, () => true);
          expect(text(await store.files.newInput(at).read()), shown).toBe("there");
          proxy.plan = atFirst(1, fault, ({ method }) => method !== "GET" && method !== "HEAD");
          await store.files.newOutput(at).write(bytes("there"), { overwrite: true });

          proxy.plan = () => fault;
          const [before, started] = [proxy.seen.length, Date.now()];
          await Promise.all(
            (["read", "write"] as const).map((operation) =>
              expect(OPERATIONS[operation](store.files, at), shown).rejects.toMatchObject({ code }),
            ),
          );
          expect(Date.now() - started, shown).toBeLessThan(IN_TIME_MS);
          const seen = proxy.seen.slice(before);
          const reads = seen.filter((line) => /^(GET|HEAD) /.test(line)).length;
          for (const requests of [reads, seen.length - reads]) {
            expect(requests, shown).toBeGreaterThan(1);
            expect(requests, shown).toBeLessThan(REQUESTS_AT_MOST);
          }
          proxy.plan = () => undefined;
          expect(text(await store.files.newInput(at).read()), shown).toBe("there");
        }
      });
    }

    test(
      "an upload that is cut half-way is sent again, or leaves nothing to be seen",
      async ({ server, proxy, store, at }) => {
        const data = pattern(LARGE);
        const isPart = (request: IncomingMessage): boolean => server.isLaterPart(request);
        proxy.plan = atFirst(1, { kind: "cut-request", after: 1_000_000 }, isPart);
        await store.files.newOutput(at).write(halves(data));
        expect(Buffer.compare(await store.files.newInput(at).read(), data)).toBe(0);

        proxy.plan = (request) => (isPart(request) ? { kind: "cut-request", after: 1_000_000 } : undefined);
        const fresh = store.at(`${at.slice(store.at("").length)}-fresh`);
        await expect(store.files.newOutput(fresh).write(halves(data))).rejects.toMatchObject({
          code: "CONNECTION.FAILED",
        });
        await expect(
          store.files.newOutput(at).write(halves(pattern(LARGE + 4)), { overwrite: true }),
        ).rejects.toMatchObject({ code: "CONNECTION.FAILED" });
        proxy.plan = () => undefined;
        expect(await store.files.newInput(fresh).exists()).toBe(false);
        expect(await store.files.newInput(at).length()).toBe(LARGE);
        expect((await server.unfinishedUploads?.()) ?? 0).toBe(0);
      },
      { alone: true },
    );

    test(
      "a part that arrives as another is refused, and leaves nothing to be seen",
      async ({ server, proxy, store, at }) => {
        const data = pattern(LARGE);
        proxy.plan = atFirst(1, { kind: "garble-request" }, (request) => server.isLaterPart(request));
        await expect(store.files.newOutput(at).write(halves(data))).rejects.toMatchObject({
          code: "STORAGE.FAILED",
        });
        proxy.plan = () => undefined;
        expect(await store.files.newInput(at).exists()).toBe(false);
        expect((await server.unfinishedUploads?.()) ?? 0).toBe(0);
      },
      { alone: true },
    );

    test(
      "an upload that is interrupted in the middle of a part ends at once and leaves nothing",
      async ({ server, proxy, store, at }) => {
        const controller = new AbortController();
        proxy.plan = (request) => {
          if (!server.isLaterPart(request)) return undefined;
          setTimeout(() => controller.abort(new Error("enough")), 50);
          return { kind: "stall" };
        };
        const writing = store.files
          .newOutput(at)
          .write(halves(pattern(LARGE)), { signal: controller.signal });
        await expect(writing).rejects.toThrow("enough");
        proxy.plan = () => undefined;
        expect(await store.files.newInput(at).exists()).toBe(false);
        expect((await server.unfinishedUploads?.()) ?? 0).toBe(0);
      },
      { alone: true },
    );

    test(
      "a file whose answer is lost on the way was written, and is known to be the writer's own",
      async ({ server, proxy, store, at }) => {
        for (const data of [bytes("small"), pattern(LARGE)]) {
          const location = store.at(`${at.slice(store.at("").length)}-${data.length}`);
          proxy.plan = atFirst(1, { kind: "lose-answer" }, (request) => server.isCommit(request));
          await store.files.newOutput(location).write(halves(data));
          expect(Buffer.compare(await store.files.newInput(location).read(), data)).toBe(0);
          // Somebody else's is not.
          proxy.plan = atFirst(1, { kind: "reset" }, (request) => server.isCommit(request));
          await expect(store.files.newOutput(location).write(bytes("other"))).rejects.toMatchObject({
            code: "STORAGE.EXISTS",
          });
        }
      },
      { alone: true },
    );

    test(
      "of several writers of a large file one wins, whole, and the others leave nothing",
      async ({ server, at }) => {
        // Nothing is wrong with the server here, and on a busy machine it may well be silent for a second.
        const { config, secrets } = server.access(server.url);
        const patient = { ...(config as object), read_timeout_seconds: 60 };
        await using store = openStore(plugin, { config: patient, ...(secrets && { secrets }) });
        const writers = [1, 2, 3];
        async function* slowly(value: number): AsyncGenerator<Uint8Array> {
          for (let size = 0; size < LARGE; size += LARGE / 20) {
            await new Promise((resolve) => setTimeout(resolve, 5));
            yield new Uint8Array(LARGE / 20).fill(value);
          }
        }
        const outcomes = await Promise.allSettled(
          writers.map((value) => store.files.newOutput(at).write(slowly(value))),
        );
        const winners = writers.filter((_, index) => outcomes[index]?.status === "fulfilled");
        expect(winners, JSON.stringify(outcomes)).toHaveLength(1);
        for (const outcome of outcomes) {
          if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "STORAGE.EXISTS" });
        }
        const content = await store.files.newInput(at).read();
        expect(content.length).toBe(LARGE);
        expect(content.every((byte) => byte === winners[0])).toBe(true);
        expect((await server.unfinishedUploads?.()) ?? 0).toBe(0);
      },
      { alone: true },
    );

    test(
      "a download that breaks off or stalls is taken up where it ended",
      async ({ proxy, store, at }) => {
        const data = pattern(LARGE);
        await store.files.newOutput(at).write(data);
        const whole = async (range?: { start: number; end: number }): Promise<Buffer> => {
          const chunks: Uint8Array[] = [];
          for await (const chunk of store.files.newInput(at).stream(range)) chunks.push(chunk);
          return Buffer.concat(chunks);
        };
        for (const kind of ["cut-answer", "stall-answer"] as const) {
          proxy.plan = atFirst(2, { kind, after: 3_000_000 }, isRead);
          expect(Buffer.compare(await whole(), data), kind).toBe(0);
          proxy.plan = atFirst(1, { kind, after: 1000 }, isRead);
          const range = { start: 1_000_001, end: 9_000_000 };
          expect(Buffer.compare(await whole(range), data.subarray(range.start, range.end)), kind).toBe(0);
        }
        proxy.plan = (request) => (isRead(request) ? { kind: "cut-answer", after: 0 } : undefined);
        await expect(whole()).rejects.toMatchObject({
          code: expect.stringMatching(/^(CONNECTION|STORAGE)\./),
        });
      },
      { alone: true },
    );

    test(
      "a file that is replaced while a download is broken off isn't mixed with the new one",
      async ({ proxy, store, at }) => {
        await store.files.newOutput(at).write(pattern(LARGE));
        const plan: FaultPlan = atFirst(1, { kind: "cut-answer", after: 3_000_000 }, isRead);
        proxy.plan = plan;
        let replaced: Promise<void> | undefined;
        const reading = (async () => {
          for await (const _ of store.files.newInput(at).stream()) {
            replaced ??= store.files.newOutput(at).write(new Uint8Array(LARGE), { overwrite: true });
            await replaced;
          }
        })();
        await expect(reading).rejects.toMatchObject({ code: "STORAGE.FAILED" });
      },
      { alone: true },
    );
  });
}
