import { strict as assert } from "node:assert";
import type { Rule } from "../../rule.ts";
import { expectCode } from "../expect-code.ts";
import { bytes, collect, openStore, text } from "./store.ts";

const NAMES = [
  "with space",
  " leading and trailing ",
  "50%",
  "%20",
  "%2F..%2F",
  "a+b",
  "a b",
  "a%20b",
  "a%2Bb",
  "hash#mark",
  "question?mark",
  "amp&equals=",
  'it\'s "quoted"',
  "semi;colon,comma",
  ".hidden",
  "..almost-a-parent",
  "dots...",
  "~tilde",
  "umlaut-äöü",
  "日本語",
  "🦆",
  "nested/deeply/in/folders",
  "col=value/part=2024-02-29/x",
  "Upper-CASE",
  "[brackets]{braces}(parens)",
  "$HOME `ls` $(id)",
  "star*",
];

const literal: Rule<"storage"> = {
  id: "storage.names",
  title: "takes names literally: spaces, %, +, # and Unicode stand for themselves",
  async check(subject) {
    const { files, at } = await openStore(subject);
    const locations = NAMES.map((name) => at(`names/${name}`));
    await Promise.all(locations.map((location) => files.newOutput(location).write(bytes(location))));
    for (const location of locations) {
      const input = files.newInput(location);
      assert.equal(
        await input.exists(),
        true,
        `A file of this name isn't there after it was written: ${location}`,
      );
      // A name that is decoded or normalised meets another one.
      assert.equal(
        text(await input.read()),
        location,
        `The file of this name has another's content: ${location}`,
      );
    }
    for (const location of locations) await files.delete(location);
    for (const location of locations) {
      const exists = await files.newInput(location).exists();
      assert.equal(exists, false, `A file of this name is still there after delete(): ${location}`);
    }
  },
};

/** Within what file systems take for one level. */
const LEVEL = 200;

const long: Rule<"storage"> = {
  id: "storage.long-names",
  title: "takes long names",
  async check(subject) {
    const { files, at } = await openStore(subject);
    const room = (subject.options.maxNameLength ?? 1000) - at("").length;
    const levels = `${"n".repeat(LEVEL)}/`.repeat(Math.ceil(Math.max(room, 1) / LEVEL));
    const output = files.newOutput(at(levels.slice(0, Math.max(room, 1)).replace(/\/$/, "n")));
    await output.write(bytes("long"));
    const { length } = output.location;
    assert.equal(
      text(await output.toInputFile().read()),
      "long",
      `A location of ${length} characters is lost.`,
    );
  },
};

const outside: Rule<"storage"> = {
  id: "storage.outside",
  title: "refuses locations outside of the warehouse, to read, write and delete",
  async check(subject) {
    const { files, warehouse } = await openStore(subject);
    const scheme = warehouse.slice(0, warehouse.indexOf(":"));
    const locations = [
      `${warehouse}/../outside.txt`,
      `${warehouse}/a/../../outside.txt`,
      `${warehouse}/a/b/../../../outside.txt`,
      `${warehouse}/..`,
      `${warehouse}-sibling/outside.txt`,
      `${scheme}://floe-testkit-elsewhere/outside.txt`,
      "floe-testkit://elsewhere/outside.txt",
      "/floe-testkit-outside.txt",
      "outside.txt",
      "../outside.txt",
      "",
    ];
    for (const location of locations) {
      const refusing = (what: string, call: () => unknown): Promise<void> =>
        expectCode("STORAGE.OUTSIDE_WAREHOUSE", `${what} "${location}"`, call);
      await refusing("exists() of", () => files.newInput(location).exists());
      await refusing("length() of", () => files.newInput(location).length());
      await refusing("read() of", () => files.newInput(location).read());
      await refusing("stream() of", () => collect(files.newInput(location).stream()));
      await refusing("Writing", () => files.newOutput(location).write(bytes("outside")));
      await refusing("Replacing", () =>
        files.newOutput(location).write(bytes("outside"), { overwrite: true }),
      );
      await refusing("delete() of", () => files.delete(location));
    }
  },
};

export const nameRules: readonly Rule<"storage">[] = [literal, long, outside];
