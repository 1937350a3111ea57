import { checkPlugin, type OptionsByKind, type TestedKind } from "@floe/testkit/check";
import { describe, expect, it } from "vitest";

/** A plugin that is wrong in one way. */
export interface Broken<K extends TestedKind> {
  /** What is wrong with it. */
  fault: string;
  /** The rule that must catch it. */
  rule: string;
  /** Rules that it can't but break as well. */
  also?: readonly string[];
  /** What to test it with, over the reference's options. */
  options: Partial<OptionsByKind[K]>;
}

/** Proves the tests of a kind: a correct plugin passes all, and each broken one fails just where it must. */
export function prove<K extends TestedKind>(
  kind: K,
  reference: OptionsByKind[K],
  broken: readonly Broken<K>[],
  notApplicable: readonly string[] = [],
): void {
  describe(`the standard tests of ${kind}`, () => {
    it("pass a correct plugin, leaving no rule out", async () => {
      const { failed, skipped, passed } = await checkPlugin(kind, reference);
      expect(failed).toEqual([]);
      expect(skipped.map(({ rule }) => rule)).toEqual(notApplicable);
      expect(passed.length).toBeGreaterThan(15);
    });

    it.each(broken)("catch a plugin that $fault ($rule)", async ({ rule, also = [], options }) => {
      const { failed } = await checkPlugin(kind, { ...reference, ...options });
      expect(failed.map((failure) => failure.rule).sort(), JSON.stringify(failed, null, 1)).toEqual(
        [rule, ...also].sort(),
      );
    });
  });
}
