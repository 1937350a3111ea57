import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { capture } from "../../workspace/command.ts";
import { REPOSITORY_ROOT } from "../../workspace/workspace.ts";

// Inside of the repository, so that its own vitest is found from there.
mkdirSync(join(REPOSITORY_ROOT, "node_modules", ".cache"), { recursive: true });
const folder = mkdtempSync(join(REPOSITORY_ROOT, "node_modules", ".cache", "results-"));
const results = join(folder, "results");

const FILES = {
  "vitest.config.ts": `export default { test: { include: ["*.case.ts"], reporters: ["${join(REPOSITORY_ROOT, "tooling/results/vitest-reporter.ts")}"] } };`,
  "mixed.case.ts": `import { expect, test } from "vitest";
    test("right", () => expect(1).toBe(1));
    test("wrong", () => expect(1).toBe(2));
    test.skip("skipped", () => expect(1).toBe(2));`,
  "import.case.ts": 'import "./missing.ts";',
  "hook.case.ts": `import { beforeAll, test, describe } from "vitest";
    describe("suite", () => {
      beforeAll(() => { throw new Error("no server"); });
      test("never runs", () => {});
    });`,
};

beforeAll(async () => {
  for (const [file, text] of Object.entries(FILES)) writeFileSync(join(folder, file), text);
  const vitest = join(REPOSITORY_ROOT, "node_modules", "vitest", "vitest.mjs");
  await capture(process.execPath, [vitest, "run", "--root", folder], {
    cwd: folder,
    env: { ...process.env, FLOE_TEST_RESULTS: results },
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("counts what passed, what failed, and what could not even run", () => {
  expect(readFileSync(results, "utf8")).toBe("1 3\n");
});
