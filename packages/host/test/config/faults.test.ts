import { describe, expect, it } from "vitest";
import { z } from "zod";
import { faultsFrom } from "../../src/config/faults.ts";
import { suggest } from "../../src/config/suggest.ts";
import { parseYamlDocument } from "../../src/config/yaml-document.ts";

const schema = z.strictObject({
  version: z.string().optional(),
  enabled: z.boolean().optional(),
  tier: z.enum(["bronze", "silver", "gold"]).optional(),
  threads: z.int().min(1).max(64).optional(),
  names: z.array(z.strictObject({ name: z.string(), password: z.int().optional() })).optional(),
  source: z
    .discriminatedUnion("type", [
      z.strictObject({ type: z.literal("file"), path: z.string() }),
      z.strictObject({ type: z.literal("rest"), url: z.string() }),
    ])
    .optional(),
  size: z.union([z.string(), z.strictObject({ cpu: z.string(), memory: z.string() })]).optional(),
});

function faults(text: string) {
  const { document } = parseYamlDocument(text, "floe.yaml");
  if (document === undefined) throw new Error("the test's YAML is malformed");
  const { error } = schema.safeParse(document.value);
  return faultsFrom(error?.issues ?? [], document, { schema });
}

const told = (text: string) =>
  faults(text).map(({ code, summary, next, where }) => [code, where?.line, where?.column, summary, ...next]);

describe("what a schema finds", () => {
  it.each<[string, (string | number)[]]>([
    [
      "version: 1.2",
      [
        "CONFIG.INVALID_VALUE",
        1,
        10,
        "version must be text, but is the number 1.2.",
        'Write it in quotes: "1.2".',
      ],
    ],
    [
      "enabled: yes",
      [
        "CONFIG.INVALID_VALUE",
        1,
        10,
        'enabled must be true or false, but is "yes".',
        "Write true: in YAML 1.2, yes is text.",
      ],
    ],
    [
      "tier: sliver",
      [
        "CONFIG.INVALID_VALUE",
        1,
        7,
        'tier must be "bronze", "silver" or "gold", but is "sliver".',
        'Did you mean "silver"?',
      ],
    ],
    ["threads: 0", ["CONFIG.INVALID_VALUE", 1, 10, "threads must be at least 1, but is the number 0."]],
    [
      "threads: 2.5",
      ["CONFIG.INVALID_VALUE", 1, 10, "threads must be a whole number, but is the number 2.5."],
    ],
    ["teir: gold", ["CONFIG.UNKNOWN_KEY", 1, 1, 'There is no key "teir" here.', 'Did you mean "tier"?']],
    ["names:\n  - nmae: a", ["CONFIG.MISSING_KEY", 2, 5, "names[0].name is missing.", "Add `name:`."]],
    ["names:\n  - name:", ["CONFIG.MISSING_KEY", 2, 5, "names[0].name is missing.", "Add `name:`."]],
    ["names: 5", ["CONFIG.INVALID_VALUE", 1, 8, "names must be a list, but is the number 5."]],
    [
      "source:\n  type: fiel\n  path: x",
      [
        "CONFIG.INVALID_VALUE",
        2,
        9,
        'source.type must be "file" or "rest", but is "fiel".',
        'Did you mean "file"?',
      ],
    ],
    [
      "source:\n  type: file\n  pth: x",
      ["CONFIG.MISSING_KEY", 1, 1, "source.path is missing.", "Add `path:`."],
    ],
    [
      "size:\n  cpu: 1\n  memory: x",
      [
        "CONFIG.INVALID_VALUE",
        2,
        8,
        "size.cpu must be text, but is the number 1.",
        'Write it in quotes: "1".',
      ],
    ],
    ["size: 5", ["CONFIG.INVALID_VALUE", 1, 7, "size must be text or a mapping, but is the number 5."]],
  ])("in %j is told in words, with its place", (text, expected) => {
    expect(told(text)[0]).toEqual(expected);
  });

  it("is told all at once, in the order of the file", () => {
    expect(faults("threads: 0\nextra: 1\ntier: x\n").map(({ where }) => where?.line)).toEqual([1, 2, 3]);
  });

  it("suggests keys at any depth, through unions and lists", () => {
    expect(faults("names:\n  - {name: a, nam: b}")[0]?.next).toEqual(['Did you mean "name"?']);
    expect(faults("source:\n  type: file\n  path: x\n  pth: y")[0]?.next).toEqual(['Did you mean "path"?']);
  });

  it("marks what is wrong, for a caret line", () => {
    const [fault] = faults("a: 1 # x\ntier: sliver # oops");
    const [, tier] = faults("extra: 1\ntier: sliver # oops");
    expect(fault?.where).toMatchObject({ source: "a: 1 # x", column: 1, length: 1 });
    expect(tier?.where).toMatchObject({ source: "tier: sliver # oops", column: 7, length: 6, path: "tier" });
  });

  it("finds the text behind aliases and merge keys", () => {
    const [fault] = faults("size: &base {cpu: 1, memory: x}\nsource: *base\n");
    expect(fault?.where?.line).toBe(1);
  });

  it.each([
    ["version: 1.10", "1.10"],
    ["version: 1.0", "1.0"],
    ["version: 0x1F", "0x1F"],
    ["version: true", "true"],
  ])("repeats %s as it is written", (text, written) => {
    expect(faults(text)[0]?.next).toEqual([`Write it in quotes: "${written}".`]);
  });

  it("leads through merge keys to where the value is written", () => {
    const { document } = parseYamlDocument("a: &a\n  threads: 0\n<<: *a\n", "floe.yaml");
    const issues = schema.safeParse(document?.value).error?.issues ?? [];
    const found = document && faultsFrom(issues, document, { schema });
    expect(found?.find(({ where }) => where?.path === "threads")?.where).toMatchObject({
      line: 2,
      column: 12,
    });
  });

  it.each([
    ["a number", "password: 48151623", z.strictObject({ password: z.string() })],
    ["a list's entry", "tokens: [48151623]", z.strictObject({ tokens: z.array(z.string()) })],
    [
      "what is nested",
      "credentials: {user: 48151623}",
      z.strictObject({ credentials: z.record(z.string(), z.string()) }),
    ],
    [
      "a message that repeats it",
      "api_key: a48151623",
      z.strictObject({
        api_key: z.string().refine(() => false, { error: ({ input }) => `bad key ${input}` }),
      }),
    ],
    ["an address", "url: http://u:a48151623@h/x", z.strictObject({ url: z.literal("x") })],
  ])("never repeats a credential: %s", (_title, text, refusing) => {
    const { document } = parseYamlDocument(text, "floe.yaml");
    const issues = refusing.safeParse(document?.value).error?.issues ?? [];
    const found = document && faultsFrom(issues, document, { schema: refusing });
    expect(found).toHaveLength(1);
    expect(JSON.stringify(found)).not.toContain("48151623");
  });

  it("never repeats what stands behind a credential's key", () => {
    const [fault] = faults("names:\n  - name: a\n    password: hunter-two");
    expect(JSON.stringify(fault)).not.toContain("hunter");
    expect(fault?.where).toMatchObject({ line: 3, source: "    password: **********" });
  });
});

describe("did you mean", () => {
  it.each([
    ["duckbd", ["duckdb", "snowflake"], "duckdb"],
    ["qualitychecks", ["qualityChecks"], "qualityChecks"],
    ["quality_checks", ["qualityChecks"], "qualityChecks"],
    ["s4", ["s3", "gcs"], "s3"],
    ["spark", ["duckdb", "snowflake"], undefined],
    ["x", [], undefined],
  ])("%s", (word, candidates, expected) => {
    expect(suggest(word, candidates)).toBe(expected);
  });
});
