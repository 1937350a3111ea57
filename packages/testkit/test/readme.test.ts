import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { commonRules } from "../src/rules/all.ts";
import { KIND_RULES } from "../src/rules/kinds.ts";

const file = fileURLToPath(new URL("../README.md", import.meta.url));

/** The README with each list of rules as it should be. */
function rendered(): string {
  const lists = [
    { section: "common", rules: commonRules },
    ...Object.entries(KIND_RULES).map(([section, { rules }]) => ({ section, rules })),
  ];
  return lists.reduce(
    (text, { section, rules }) => {
      const [before, after] = text.split(`<!-- rules:${section} -->\n`);
      expect(after, `The README has no <!-- rules:${section} -->`).toBeDefined();
      const list = rules.map(({ id, title }) => `- \`${id}\` ${title}\n`).join("");
      return `${before}<!-- rules:${section} -->\n\n${list}${after?.slice(after.indexOf("\n##"))}`;
    },
    readFileSync(file, "utf8"),
  );
}

// `vitest run packages/testkit/test/readme -u` writes them.
it("the README lists the rules that there are", async () => {
  await expect(rendered()).toMatchFileSnapshot(file);
});
