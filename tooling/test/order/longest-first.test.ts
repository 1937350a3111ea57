import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { TestSpecification, Vitest } from "vitest/node";
import { LONGEST, LongestFirst } from "../../order/longest-first.ts";

const root = join(import.meta.dirname, "..", "..", "..");

it("names suites that are there", () => {
  expect(LONGEST.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

it("begins with the longest, and leaves the others in vitest's own order", async () => {
  const project = { name: "", config: { isolate: false, sequence: { groupOrder: 0 } } };
  const took: Record<string, number> = { "packages/a.test.ts": 1, "packages/b.test.ts": 2 };
  const cache = {
    getTestSpecificationResult: ({ moduleId }: TestSpecification) => ({
      failed: false,
      duration: took[moduleId.slice(root.length + 1)] ?? 0,
    }),
  };
  const sequencer = new LongestFirst({ config: { root }, cache } as unknown as Vitest);
  const [first = "", second = ""] = LONGEST;
  const files = ["packages/a.test.ts", second, "packages/b.test.ts", first].map(
    (file) => ({ moduleId: join(root, file), project }) as unknown as TestSpecification,
  );
  const sorted = await sequencer.sort(files);
  expect(sorted.map(({ moduleId }) => moduleId.slice(root.length + 1))).toEqual([
    first,
    second,
    "packages/b.test.ts",
    "packages/a.test.ts",
  ]);
});
