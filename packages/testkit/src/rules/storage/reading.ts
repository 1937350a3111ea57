import { strict as assert } from "node:assert";
import type { ByteRange } from "@floe/core";
import type { Rule } from "../../rule.ts";
import { expectCode } from "../expect-code.ts";
import { bytes, collect, openStore, text } from "./store.ts";

const CONTENT = "0123456789".repeat(10);

const wholeFile: Rule<"storage"> = {
  id: "storage.read",
  title: "reads a file as it was written: existence, size, bytes, stream",
  async check(subject) {
    const { files, at } = await openStore(subject);
    const location = at("orders/part 1.bin");
    // All byte values: text modes and line-end conversions would show.
    const data = Uint8Array.from({ length: 1024 }, (_, index) => index % 256);
    const output = files.newOutput(location);
    await output.write(data);
    const input = output.toInputFile();
    assert.equal(output.location, location, "OutputFile.location must be the location as it was given.");
    assert.equal(input.location, location, "InputFile.location must be the location as it was given.");
    for (const file of [input, files.newInput(location)]) {
      assert.equal(await file.exists(), true, "exists() is false for a file that was written.");
      assert.equal(await file.length(), data.length, "length() isn't the number of bytes.");
      assert(Buffer.from(data).equals(await file.read()), "read() gives other bytes than were written.");
      assert(
        Buffer.from(data).equals(await collect(file.stream())),
        "stream() gives other bytes than were written.",
      );
    }
  },
};

const missing: Rule<"storage"> = {
  id: "storage.missing",
  title: "says that a missing file is missing, and only when it is read",
  async check(subject) {
    const { files, at } = await openStore(subject);
    const input = files.newInput(at("not-there.bin"));
    assert.equal(await input.exists(), false, "exists() is true for a file that was never written.");
    await expectCode("STORAGE.NOT_FOUND", "length() of a missing file", () => input.length());
    await expectCode("STORAGE.NOT_FOUND", "read() of a missing file", () => input.read());
    await expectCode("STORAGE.NOT_FOUND", "stream() of a missing file", () => collect(input.stream()));
  },
};

const RANGES: readonly ByteRange[] = [
  { start: 0, end: 10 },
  { start: 13, end: 14 },
  { start: 37, end: 64 },
  { start: 95 },
  { start: 0 },
  { start: 99, end: 100 },
  { start: 90, end: 100_000 },
];

const ranges: Rule<"storage"> = {
  id: "storage.ranges",
  title: "reads byte ranges, the end not included, and cuts those that end past the file",
  async check(subject) {
    const { files, at } = await openStore(subject);
    const output = files.newOutput(at("ranges.txt"));
    await output.write(bytes(CONTENT));
    const input = output.toInputFile();
    for (const range of RANGES) {
      const expected = CONTENT.slice(range.start, range.end);
      const shown = JSON.stringify(range);
      assert.equal(text(await input.read(range)), expected, `read(${shown}) of 100 bytes is wrong.`);
      assert.equal(
        text(await collect(input.stream(range))),
        expected,
        `stream(${shown}) of 100 bytes is wrong.`,
      );
    }
  },
};

const BAD_RANGES: readonly ByteRange[] = [
  { start: 100 },
  { start: 100, end: 200 },
  { start: 5000, end: 6000 },
  { start: -1 },
  { start: -10, end: 5 },
  { start: 20, end: 10 },
];

const badRanges: Rule<"storage"> = {
  id: "storage.bad-ranges",
  title: "refuses ranges that start at or past the end, or are negative",
  async check(subject) {
    const { files, at } = await openStore(subject);
    const output = files.newOutput(at("bad-ranges.txt"));
    await output.write(bytes(CONTENT));
    const input = output.toInputFile();
    for (const range of BAD_RANGES) {
      const shown = JSON.stringify(range);
      await expectCode("STORAGE.INVALID_RANGE", `read(${shown}) of 100 bytes`, () => input.read(range));
      await expectCode("STORAGE.INVALID_RANGE", `stream(${shown}) of 100 bytes`, () =>
        collect(input.stream(range)),
      );
    }
  },
};

const empty: Rule<"storage"> = {
  id: "storage.empty",
  title: "keeps a file of no bytes",
  async check(subject) {
    const { files, at } = await openStore(subject);
    const output = files.newOutput(at("empty"));
    await output.write(new Uint8Array());
    const input = output.toInputFile();
    assert.equal(await input.exists(), true, "An empty file doesn't exist after it was written.");
    assert.equal(await input.length(), 0, "An empty file has a length.");
    assert.equal((await input.read()).length, 0, "read() of an empty file gives bytes.");
    assert.equal((await collect(input.stream())).length, 0, "stream() of an empty file gives bytes.");
    await expectCode("STORAGE.INVALID_RANGE", "read({ start: 0 }) of an empty file", () =>
      input.read({ start: 0 }),
    );
  },
};

const stoppedEarly: Rule<"storage"> = {
  id: "storage.stopped-early",
  title: "lets a reader stop early, and is usable afterwards",
  async check(subject) {
    const { files, at } = await openStore(subject);
    const output = files.newOutput(at("stopped-early.bin"));
    await output.write(new Uint8Array(1024 * 1024).fill(7));
    const input = output.toInputFile();
    for (let round = 0; round < 20; round += 1) {
      for await (const chunk of input.stream()) {
        assert(chunk.length > 0, "stream() gave an empty chunk first.");
        break;
      }
    }
    assert.equal(await input.length(), 1024 * 1024, "After readers stopped early, length() is wrong.");
  },
};

export const readingRules: readonly Rule<"storage">[] = [
  wholeFile,
  missing,
  ranges,
  badRanges,
  empty,
  stoppedEarly,
];
