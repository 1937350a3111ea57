import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseYamlDocument, readYamlDocument } from "../../src/config/yaml-document.ts";
import { tempProject } from "../support/temp-project.ts";

const first = (text: string) => parseYamlDocument(text, "floe.yaml").faults[0];
const parsed = (text: string) => parseYamlDocument(text, "floe.yaml").document?.value;

describe("the structure of a YAML file", () => {
  it.each<[string, string, string, number, number]>([
    ["a custom tag", "a: 1\nb: !vault x\n", "CONFIG.SYNTAX", 2, 11],
    ["binary data", "a: !!binary aGk=\n", "CONFIG.SYNTAX", 1, 13],
    ["an alias of itself", "a: &a\n  - *a\n", "CONFIG.SYNTAX", 2, 5],
    ["a merge of a number", "a: 1\n<<: 5\n", "CONFIG.SYNTAX", 2, 1],
    ["an older YAML", "%YAML 1.1\n---\na: yes\n", "CONFIG.SYNTAX", 1, 1],
    ["an alias as a key", "a: &k x\n*k : 2\n", "CONFIG.SYNTAX", 2, 1],
    ["two documents, the first empty", "---\n---\na: 1\n", "CONFIG.SYNTAX", 2, 1],
    ["a tab after spaces", "a:\n  b: 1\n \tc: 2\n", "CONFIG.SYNTAX", 3, 2],
    ["a quoted key twice", "'b c': 1\n\"b c\": 2\n", "CONFIG.DUPLICATE_KEY", 2, 1],
    ["a key twice within a list", "a:\n  - {b: 1, c: 2, b: 3}\n", "CONFIG.DUPLICATE_KEY", 2, 18],
    ["too many levels", `a: ${"[".repeat(200)}${"]".repeat(200)}`, "CONFIG.TOO_LARGE", 1, 1],
    ["levels beyond the parser", `a: ${"[".repeat(20_000)}`, "CONFIG.TOO_LARGE", 1, 1],
    ["nothing but brackets", "]".repeat(1_000_000), "CONFIG.SYNTAX", 1, 1],
  ])("%s is told with its place", (_title, text, code, line, column) => {
    const fault = first(text);
    expect([fault?.code, fault?.where?.line, fault?.where?.column]).toEqual([code, line, column]);
  });

  it("says where a repeated key stands first, and tells every one", () => {
    const { faults } = parseYamlDocument("a: 1\nb: 2\na: 3\nb: 4\n", "floe.yaml");
    expect(faults.map(({ why, where }) => [where?.line, why])).toEqual([
      [3, expect.stringContaining("first in line 1")],
      [4, expect.stringContaining("first in line 2")],
    ]);
  });

  it("lets a value that is repeated by aliases grow only so far", () => {
    const wide = `a: &a [${"1,".repeat(5000)}]\nb: [${Array(100).fill("*a").join(",")}]`;
    expect(first(wide)?.code).toBe("CONFIG.TOO_LARGE");
    const harmless = `a: &a {x: 1}\nb: [${Array(5000).fill("*a").join(",")}]`;
    expect(parsed(harmless)?.b).toHaveLength(5000);
  });

  it("merges as PyYAML does: own keys first, then the earlier source", () => {
    const text = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz:\n  <<: [*x, *y]\n  a: 0\n'<<': text\n";
    expect(parsed(text)).toMatchObject({ z: { a: 0, b: 1, c: 2 }, "<<": "text" });
  });

  it("takes numbers and words as keys for text", () => {
    expect(Object.keys(parsed("1.0: a\ntrue: b\n") ?? {})).toEqual(["1.0", "true"]);
  });

  it("takes the latest of two anchors of a name", () => {
    expect(parsed("a: &x 1\nb: *x\nc: &x 2\nd: *x\n")).toMatchObject({ b: 1, d: 2 });
  });

  it("stops telling after a page of syntax faults", () => {
    expect(parseYamlDocument("a: ]\n".repeat(1000), "floe.yaml").faults.length).toBeLessThan(50);
  });

  it.runIf(process.platform === "linux")("that is a pipe or device isn't waited for", () => {
    const pipe = join(tempProject({}), "floe.yaml");
    execFileSync("mkfifo", [pipe]);
    for (const file of [pipe, "/dev/zero"]) {
      expect(readYamlDocument(file).faults[0]?.code).toBe("CONFIG.UNREADABLE");
    }
  });
});

describe("a line that a message shows", () => {
  const shown = (text: string) => JSON.stringify(first(text));

  it.each([
    ["behind a key", "db_password: hush\ndb_password: hush\n"],
    ["in a list", "tokens: [hush, hush]\ntokens: 1\n"],
    ["in a mapping below", "credentials: {user: hush}\ncredentials: 1\n"],
    ["in a line of a text", "a: 1\nclientSecret: 'one\n  hush'\nb: {c: 1, c: 1}\nclientSecret: hush\n"],
    ["in an address", "url: http://u:hush@host/x\nurl: http://u:hush@host/x\n"],
    ["in a query", "url: http://host/x?b=1&api_key=hush\nurl: http://host/x?b=1&api_key=hush\n"],
    ["behind an alias", "{a: &a hush, password: *a, a: 1}"],
    ["where the YAML is malformed", "password: [a] hush\n"],
    ["where a quote is left open", 'a: {password: hush, b: "\n'],
  ])("never has a credential %s", (_title, text) => {
    const { faults } = parseYamlDocument(text, "floe.yaml");
    expect(faults.length).toBeGreaterThan(0);
    expect(JSON.stringify(faults)).not.toContain("hush");
  });

  it("keeps its length and everything else", () => {
    expect(first("{a: 1, token: hush, primaryKey: id, a: 2}")?.where?.source).toBe(
      "{a: 1, token: ****, primaryKey: id, a: 2}",
    );
    expect(shown("plugins: {secrets: {type: vault, type: x}}")).toContain("type: vault");
  });

  it("is left out where it is too long to read", () => {
    const where = first(`a: [${"x".repeat(2000)}, {]\n`)?.where;
    expect(where?.line).toBe(1);
    expect(where).not.toHaveProperty("source");
  });
});
