import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { isFloeError } from "@floe/core";
import type { Rule } from "../../rule.ts";
import { Provoked } from "../../session/evidence.ts";
import { failureOf } from "../expect-code.ts";
import { bytes, openStore, openStores, type Store, streamOf, text } from "./store.ts";

const PART = "x".repeat(100_000);

const hidden: Rule<"storage"> = {
  id: "storage.hidden-until-whole",
  title: "shows a file only when it is whole; until then an earlier one stays",
  async check(subject) {
    const { files, at } = await openStore(subject);
    const [fresh, earlier] = [files.newOutput(at("fresh.txt")), files.newOutput(at("earlier.txt"))];
    await earlier.write(bytes("earlier"));
    const seen: { exists: boolean; earlier: string }[] = [];
    const look = async function* (): AsyncGenerator<Uint8Array> {
      for (let part = 0; part < 3; part += 1) {
        yield bytes(PART);
        const exists = await fresh.toInputFile().exists();
        seen.push({ exists, earlier: text(await earlier.toInputFile().read()) });
      }
    };
    await fresh.write(look());
    await earlier.write(look(), { overwrite: true });
    for (const { exists } of seen.slice(0, 3))
      assert(!exists, "A file can be seen while it is still being written.");
    for (const { earlier: content } of seen) {
      assert.equal(content, "earlier", "An earlier file changes while it is still being replaced.");
    }
    const { length } = await earlier.toInputFile().read();
    assert.equal(length, 3 * PART.length, "The file isn't whole afterwards.");
  },
};

const sourceFails: Rule<"storage"> = {
  id: "storage.source-fails",
  title: "leaves nothing when the source throws half-way; an earlier file stays",
  check: (subject) =>
    expectNoTrace(subject, "the source threw", async (write) => {
      await write(
        (async function* () {
          yield* streamOf(PART, PART);
          throw new Provoked("the source failed");
        })(),
      );
    }),
};

const aborted: Rule<"storage"> = {
  id: "storage.write-aborted",
  title: "leaves nothing when the signal aborts, before or half-way; an earlier file stays",
  async check(subject) {
    await expectNoTrace(subject, "the signal had aborted before", (write) =>
      write(bytes("never"), AbortSignal.abort(new Provoked("interrupted"))),
    );
    await expectNoTrace(subject, "the signal aborted half-way", async (write) => {
      const controller = new AbortController();
      await write(
        (async function* () {
          yield* streamOf(PART, PART);
          controller.abort(new Provoked("interrupted"));
          yield* streamOf("the rest", "of it");
        })(),
        controller.signal,
      );
    });
  },
};

type Write = (data: Uint8Array | AsyncIterable<Uint8Array>, signal?: AbortSignal) => Promise<void>;

/** Makes a write that fails, to a new file and over an earlier one. */
async function expectNoTrace(
  subject: Parameters<typeof openStore>[0],
  when: string,
  attempt: (write: Write) => Promise<void>,
): Promise<void> {
  const { files, at } = await openStore(subject);
  const fresh = files.newOutput(at("broken.txt"));
  const failure = await failureOf(() =>
    attempt((data, signal) => fresh.write(data, signal ? { signal } : {})),
  );
  assert(failure !== undefined, `write() succeeded although ${when}.`);
  assert.equal(await fresh.toInputFile().exists(), false, `A file is there although ${when}.`);

  const earlier = files.newOutput(at("kept.txt"));
  await earlier.write(bytes("earlier"));
  const second = await failureOf(() =>
    attempt((data, signal) => earlier.write(data, { overwrite: true, ...(signal ? { signal } : {}) })),
  );
  assert(second !== undefined, `write() with overwrite succeeded although ${when}.`);
  assert.equal(
    text(await earlier.toInputFile().read()),
    "earlier",
    `An earlier file changed although ${when}.`,
  );
}

const WRITERS = 6;
/** How long writers wait for each other: one that waits its turn must not be waited for forever. */
const TOGETHER_MS = 200;

const oneCreator: Rule<"storage"> = {
  id: "storage.one-creator",
  title: "lets one of several simultaneous creators win, whole",
  async check(subject) {
    const stores = await openStores(subject);
    const location = stores[0].at("contested.txt");
    const others = (await seesTheSame(stores)) ? stores : [stores[0]];
    let waiting = WRITERS;
    const together = Promise.withResolvers<void>();
    const write = async (index: number): Promise<unknown> => {
      const store = others[index % others.length] ?? stores[0];
      const source = (async function* () {
        yield bytes(`writer ${index} `);
        waiting -= 1;
        if (waiting === 0) together.resolve();
        await Promise.race([together.promise, sleep(TOGETHER_MS)]);
        yield bytes(`was ${index}`);
      })();
      return failureOf(() => store.files.newOutput(location).write(source));
    };
    const failures = await Promise.all(Array.from({ length: WRITERS }, (_, index) => write(index)));

    const winners = failures.flatMap((failure, index) => (failure === undefined ? [index] : []));
    assert.equal(
      winners.length,
      1,
      `Of ${WRITERS} simultaneous creators ${winners.length} succeeded; it must be one.`,
    );
    for (const failure of failures) {
      const code = isFloeError(failure) ? failure.code : failure;
      assert(
        failure === undefined || code === "STORAGE.EXISTS",
        `A creator that lost got ${code}, not STORAGE.EXISTS.`,
      );
    }
    const content = text(await stores[0].files.newInput(location).read());
    assert.equal(content, `writer ${winners[0]} was ${winners[0]}`, "The file isn't what the winner wrote.");
  },
};

/** A store in memory has one world per instance. */
async function seesTheSame([first, second]: readonly [Store, Store]): Promise<boolean> {
  const output = first.files.newOutput(first.at("seen-by-both"));
  await output.write(bytes("?"));
  return second.files.newInput(output.location).exists();
}

export const atomicityRules: readonly Rule<"storage">[] = [hidden, sourceFails, aborted, oneCreator];
