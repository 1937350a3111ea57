import { inParts, untilAborted } from "@floe/core/storage";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}

describe("bytes in parts", () => {
  it("are the same bytes, each part of the size asked for but the last", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 60 }),
        async (chunks, size) => {
          const parts = await collect(inParts(chunks, size));
          expect(Buffer.concat(parts)).toEqual(Buffer.concat(chunks));
          expect(parts.slice(0, -1).every((part) => part.length === size)).toBe(true);
          expect(parts.every((part) => part.length > 0 && part.length <= size)).toBe(true);
        },
      ),
    );
  });

  it("don't change when the source uses its buffer again", async () => {
    const buffer = new Uint8Array(2);
    const source = (function* () {
      for (const value of [1, 2, 3]) yield buffer.fill(value);
    })();
    expect((await collect(inParts(source, 4))).map((part) => [...part])).toEqual([
      [1, 1, 2, 2],
      [3, 3],
    ]);
  });
});

it("parts are put into memory that was given back, where its size fits", async () => {
  const spent = [new ArrayBuffer(3), new ArrayBuffer(2)];
  const [small, right] = spent;
  const parts: Uint8Array[] = [];
  for await (const part of inParts([Uint8Array.of(1, 2, 3, 4, 5)], 2, spent)) parts.push(part);
  expect(parts.map((part) => [...part])).toEqual([[1, 2], [3, 4], [5]]);
  expect(parts.map(({ buffer }) => buffer === right)).toEqual([false, true, false]);
  expect(parts.some(({ buffer }) => buffer === small)).toBe(false);
});

describe("a source that is read until a signal aborts", () => {
  it("ends with the signal's reason although it never gives another, and is told", async () => {
    const controller = new AbortController();
    const told = Promise.withResolvers<void>();
    const source: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: async () => {
          told.resolve();
          return { done: true, value: undefined };
        },
      }),
    };
    const reading = collect(untilAborted(source, controller.signal));
    controller.abort(new Error("enough"));
    await expect(reading).rejects.toThrow("enough");
    await told.promise;
  });

  it("is told when the reader stops, and not when it ended or failed by itself", async () => {
    const { signal } = new AbortController();
    let told = 0;
    const source = (ends: () => void) => ({
      [Symbol.iterator]: () => ({
        next: () => {
          ends();
          return { done: false, value: 1 } as const;
        },
        return: () => {
          told += 1;
          return { done: true, value: undefined } as const;
        },
      }),
    });
    for await (const _ of untilAborted(
      source(() => {}),
      signal,
    ))
      break;
    expect(told).toBe(1);
    const failure = new Error("cut");
    const failing = source(() => {
      throw failure;
    });
    await expect(collect(untilAborted(failing, signal))).rejects.toBe(failure);
    expect(await collect(untilAborted([1, 2], signal))).toEqual([1, 2]);
  });

  it("doesn't keep what it gave", async () => {
    let collected = 0;
    const registry = new FinalizationRegistry(() => {
      collected += 1;
    });
    const source = (async function* () {
      for (let index = 0; index < 200; index += 1) {
        const chunk = new Uint8Array(1024 * 1024);
        registry.register(chunk, undefined);
        yield chunk;
      }
    })();
    const { signal } = new AbortController();
    for await (const _ of untilAborted(source, signal)) await new Promise((resolve) => setImmediate(resolve));
    await expect.poll(() => collected).toBeGreaterThan(0);
  });

  it("gives nothing where the signal had aborted before", async () => {
    await expect(collect(untilAborted([1], AbortSignal.abort(new Error("no"))))).rejects.toThrow("no");
  });
});
