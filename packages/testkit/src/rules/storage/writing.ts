import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import type { Rule } from "../../rule.ts";
import { expectCode } from "../expect-code.ts";
import { bytes, openStore, streamOf, text } from "./store.ts";

const fromStream: Rule<"storage"> = {
  id: "storage.write-stream",
  title: "writes from a stream of bytes, chunk by chunk",
  async check(subject) {
    const { files, at } = await openStore(subject);
    const output = files.newOutput(at("streamed.txt"));
    await output.write(streamOf("first, ", "", "second, ", "third"));
    assert.equal(
      text(await output.toInputFile().read()),
      "first, second, third",
      "A streamed file has other bytes.",
    );

    const nothing = files.newOutput(at("streamed-nothing"));
    await nothing.write(streamOf());
    assert.equal(await nothing.toInputFile().length(), 0, "A stream of nothing must make an empty file.");
  },
};

const createOnly: Rule<"storage"> = {
  id: "storage.create-only",
  title: "refuses to write over a file unless told to",
  async check(subject) {
    const { files, at } = await openStore(subject);
    const output = files.newOutput(at("create-only.txt"));
    await output.write(bytes("first"));
    const again = files.newOutput(output.location);
    await expectCode("STORAGE.EXISTS", "Writing a file that is there", () => again.write(bytes("second")));
    await expectCode("STORAGE.EXISTS", "Streaming to a file that is there", () =>
      again.write(streamOf("third")),
    );
    assert.equal(text(await output.toInputFile().read()), "first", "A refused write changed the file.");
  },
};

const overwrite: Rule<"storage"> = {
  id: "storage.overwrite",
  title: "replaces a file when told to, leaving nothing of the old one",
  async check(subject) {
    const { files, at } = await openStore(subject);
    const output = files.newOutput(at("overwrite.txt"));
    await output.write(bytes("a long first version"), { overwrite: true });
    await output.write(bytes("short"), { overwrite: true });
    assert.equal(
      text(await output.toInputFile().read()),
      "short",
      "A replaced file isn't what was written last.",
    );
    await output.write(streamOf("even ", "shorter?"), { overwrite: true });
    assert.equal(
      text(await output.toInputFile().read()),
      "even shorter?",
      "A replaced file isn't what was streamed last.",
    );
  },
};

const deletes: Rule<"storage"> = {
  id: "storage.delete",
  title: "deletes a file, and one that isn't there",
  async check(subject) {
    const { files, at } = await openStore(subject);
    const output = files.newOutput(at("deleted.txt"));
    await output.write(bytes("short-lived"));
    await files.delete(output.location);
    assert.equal(await output.toInputFile().exists(), false, "A deleted file still exists.");
    await expectCode("STORAGE.NOT_FOUND", "Reading a deleted file", () => output.toInputFile().read());
    await files.delete(output.location);
    await files.delete(at("never-there/at-all.txt"));
    await output.write(bytes("back"));
    assert.equal(
      text(await output.toInputFile().read()),
      "back",
      "A file written again after delete() is wrong.",
    );
  },
};

const CHUNK = 64 * 1024;
const CHUNKS = 128;

const large: Rule<"storage"> = {
  id: "storage.large",
  title: "streams 8 MiB in and out without holding it whole",
  async check(subject) {
    const { files, at } = await openStore(subject);
    const output = files.newOutput(at("large.bin"));
    const written = createHash("sha256");
    await output.write(
      (async function* () {
        for (let index = 0; index < CHUNKS; index += 1) {
          const chunk = Buffer.alloc(CHUNK, `${index},`);
          written.update(chunk);
          yield chunk;
        }
      })(),
    );
    const input = output.toInputFile();
    assert.equal(await input.length(), CHUNK * CHUNKS, "A streamed file of 8 MiB has another length.");

    const read = createHash("sha256");
    let largest = 0;
    for await (const chunk of input.stream()) {
      largest = Math.max(largest, chunk.length);
      read.update(chunk);
    }
    assert.equal(
      read.digest("hex"),
      written.digest("hex"),
      "A streamed file of 8 MiB comes back with other bytes.",
    );
    assert(largest < CHUNK * CHUNKS, "stream() gave 8 MiB in one chunk: it holds the whole file in memory.");

    const middle = CHUNK * 77;
    const tail = await input.read({ start: middle - 2, end: middle + 3 });
    assert.equal(
      text(tail),
      `${"76,".repeat(CHUNK).slice(CHUNK - 2, CHUNK)}77,`,
      "A range in the middle is wrong.",
    );
  },
};

export const writingRules: readonly Rule<"storage">[] = [fromStream, createOnly, overwrite, deletes, large];
