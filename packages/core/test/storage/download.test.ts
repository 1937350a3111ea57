import { type ByteRange, FloeError } from "@floe/core";
import { type Download, downloaded, inMemory } from "@floe/core/storage";
import { describe, expect, it } from "vitest";

const MIB = 1024 * 1024;
const broken = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });

/** A file of differing bytes, and what is asked of it. */
function fileOf(size: number, more: Partial<Download> = {}) {
  const data = new Uint8Array(size);
  for (let index = 0; index < size; index += 7) data[index] = index % 251;
  const asked: (ByteRange | undefined)[] = [];
  const signals: AbortSignal[] = [];
  let open = 0;
  const seen = { most: 0, faults: [] as ((range: ByteRange | undefined) => Error | undefined)[] };
  const download: Download = {
    location: "s3://lake/x",
    range: undefined,
    concurrency: 3,
    signal: new AbortController().signal,
    mayResume: (error) => error === broken,
    async open(range, version, signal) {
      expect(asked.length === 0 ? undefined : "v1").toBe(version);
      asked.push(range);
      signals.push(signal);
      const bytes = data.subarray(range?.start ?? 0, range?.end);
      const fault = seen.faults.shift()?.(range);
      async function* chunks(): AsyncGenerator<Uint8Array> {
        open += 1;
        seen.most = Math.max(seen.most, open);
        try {
          for (let at = 0; at < bytes.length; at += MIB) {
            await new Promise((resolve) => setImmediate(resolve));
            if (fault !== undefined && at >= MIB) throw fault;
            yield bytes.subarray(at, at + MIB);
          }
        } finally {
          open -= 1;
        }
      }
      return { chunks: chunks(), length: bytes.length, version: "v1" };
    },
    ...more,
  };
  return { data, download, asked, seen, signals };
}

describe("a large file", () => {
  it("comes in order by several requests at a time, and no more than that", async () => {
    const { data, download, asked, seen } = fileOf(37 * MIB + 5);
    expect(Buffer.compare(await inMemory(download), data)).toBe(0);
    expect(asked).toEqual([
      undefined,
      ...[8, 16, 24].map((mib) => ({ start: mib * MIB, end: (mib + 8) * MIB })),
      { start: 32 * MIB, end: 37 * MIB + 5 },
    ]);
    // The first one is read by the caller itself.
    expect(seen.most).toBe(4);
  });

  it("within a range is one of that range", async () => {
    const range = { start: 3, end: 30 * MIB };
    const { data, download, asked } = fileOf(40 * MIB, { range });
    expect(Buffer.compare(await inMemory(download), data.subarray(range.start, range.end))).toBe(0);
    expect(asked.at(-1)).toEqual({ start: 3 + 24 * MIB, end: range.end });
  });

  it("is taken up where one of the requests broke off", async () => {
    const { data, download, asked, seen } = fileOf(24 * MIB);
    seen.faults.push(
      () => broken,
      () => undefined,
      () => broken,
    );
    expect(Buffer.compare(await inMemory(download), data)).toBe(0);
    expect(asked).toContainEqual({ start: MIB, end: 8 * MIB });
    expect(asked).toContainEqual({ start: 17 * MIB, end: 24 * MIB });
  });

  it("that can't be read further ends with why, after what came before", async () => {
    const gone = new FloeError("STORAGE.FAILED", "It changed.");
    const { download, seen } = fileOf(32 * MIB);
    seen.faults.push(
      () => undefined,
      () => undefined,
      () => gone,
    );
    let read = 0;
    const reading = (async () => {
      for await (const chunk of downloaded(download)) read += chunk.length;
    })();
    await expect(reading).rejects.toBe(gone);
    expect(read).toBe(16 * MIB);
  });

  it("is left alone by a reader that stops", async () => {
    const { download, signals, asked } = fileOf(64 * MIB);
    for await (const _ of downloaded(download)) break;
    expect(signals.at(-1)?.aborted).toBe(true);
    const before = asked.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked.length).toBe(before);
  });

  it("comes by a single request where that is asked for", async () => {
    const { data, download, asked } = fileOf(20 * MIB, { concurrency: 1 });
    expect(Buffer.compare(await inMemory(download), data)).toBe(0);
    expect(asked).toEqual([undefined]);
  });
});

it("a small file comes by one request, and a range of no bytes by one for a byte", async () => {
  const small = fileOf(16 * MIB);
  expect(Buffer.compare(await inMemory(small.download), small.data)).toBe(0);
  expect(small.asked).toEqual([undefined]);
  const none = fileOf(5, { range: { start: 2, end: 2 } });
  expect(await inMemory(none.download)).toEqual(new Uint8Array());
  expect(none.asked).toEqual([{ start: 2, end: 3 }]);
});

it("a file whose length isn't told is read to its end", async () => {
  const { data, download } = fileOf(20 * MIB);
  const { open } = download;
  const silent = inMemory({
    ...download,
    open: async (...request) => ({ ...(await open(...request)), length: undefined }),
  });
  expect(Buffer.compare(await silent, data)).toBe(0);
});
