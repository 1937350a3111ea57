import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseYamlDocument, readYamlDocument } from "../../src/config/yaml-document.ts";
import { tempProject } from "../support/temp-project.ts";

const faultsOf = (text: string) =>
  parseYamlDocument(text, "floe.yaml").faults.map(({ code, where }) => ({
    code,
    line: where?.line,
    column: where?.column,
  }));

const bomb = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
  .concat(
    Array.from(
      { length: 8 },
      (_, i) =>
        `b${i}: &b${i} [${Array(10)
          .fill(i === 0 ? "*a" : `*b${i - 1}`)
          .join(", ")}]`,
    ),
  )
  .join("\n");

describe("a YAML file", () => {
  it.each<[string, string, string, number, number]>([
    ["is empty", "", "CONFIG.EMPTY", 1, 1],
    ["has only comments", "# nothing\n", "CONFIG.EMPTY", 1, 1],
    ["is null", "~", "CONFIG.EMPTY", 1, 1],
    ["is a list", "# a list\n- a\n- b\n", "CONFIG.NOT_A_MAPPING", 2, 1],
    ["is a single value", "just text", "CONFIG.NOT_A_MAPPING", 1, 1],
    ["is indented by a tab", "a:\n\tb: 1\n", "CONFIG.SYNTAX", 2, 1],
    ["has a key twice", "a: 1\nb: 2\na: 3\n", "CONFIG.DUPLICATE_KEY", 3, 1],
    ["has an inner key twice", "a:\n  b: 1\n  b: 2\n", "CONFIG.DUPLICATE_KEY", 3, 3],
    ["is an alias bomb", bomb, "CONFIG.TOO_LARGE", 1, 1],
    ["leaves a quote open", 'a: "b\n', "CONFIG.SYNTAX", 2, 1],
    ["leaves a bracket open", "a: [b\nc: d\n", "CONFIG.SYNTAX", 2, 1],
    ["is several documents", "a: 1\n---\nb: 2\n", "CONFIG.SYNTAX", 2, 1],
    ["has a key that is a list", "? [a, b]\n: c\n", "CONFIG.SYNTAX", 1, 3],
    ["refers to nothing", "a: *nowhere\n", "CONFIG.SYNTAX", 1, 4],
  ])("that %s is one coded fault with its place", (_title, text, code, line, column) => {
    const [first, ...others] = faultsOf(text);
    expect(first).toEqual({ code, line, column });
    expect(others.filter((other) => other.code !== code)).toEqual([]);
  });

  it.each([
    ["a BOM", "\uFEFFa: 1\nb: 2\n"],
    ["CRLF", "a: 1\r\nb: 2\r\n"],
    ["merge keys", "x: &x {b: 2}\na: 1\n<<: *x\n"],
    ["no line end", "a: 1\nb: 2"],
  ])("is read in spite of %s", (_title, text) => {
    expect(parseYamlDocument(text, "floe.yaml").document?.value).toMatchObject({ a: 1, b: 2 });
  });

  it("keeps hostile keys as data", () => {
    const { document } = parseYamlDocument("__proto__: {polluted: true}\nconstructor: 1\n", "floe.yaml");
    expect(Object.keys(document?.value ?? {})).toEqual(["__proto__", "constructor"]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it("of 5 MB is refused without being parsed", () => {
    const dir = tempProject({ "floe.yaml": `a: ${"x".repeat(5_000_000)}` });
    const { faults } = readYamlDocument(join(dir, "floe.yaml"), "floe.yaml");
    expect(faults).toMatchObject([{ code: "CONFIG.TOO_LARGE", where: { file: "floe.yaml", line: 1 } }]);
  });

  it("that can't be read says why", () => {
    const dir = tempProject({});
    mkdirSync(join(dir, "folder.yaml"));
    writeFileSync(join(dir, "latin1.yaml"), Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
    const codeOf = (name: string) => readYamlDocument(join(dir, name), name).faults[0]?.code;
    expect(codeOf("missing.yaml")).toBe("CONFIG.NOT_FOUND");
    expect(codeOf("folder.yaml")).toBe("CONFIG.UNREADABLE");
    expect(codeOf("latin1.yaml")).toBe("CONFIG.SYNTAX");
  });
});
