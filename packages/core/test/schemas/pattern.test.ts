import { manifestSchema, type RuleParams } from "@floe/core";
import { describe, expect, it } from "vitest";
import { manifest, withValue } from "./documents.ts";

const fault = (pattern: string) => {
  const naming = { pattern: "custom", custom_patterns: ["^ok$", pattern] };
  const { error } = manifestSchema.safeParse(withValue(manifest(), ["governance", "naming"], naming));
  return error?.issues.map((issue) => ({
    path: issue.path.join("."),
    code: issue.code === "custom" ? (issue.params as RuleParams).code : issue.code,
  }));
};

describe("a naming pattern", () => {
  it.each([
    "^(stg|int|fct)_[a-z]+$",
    "^[(+]+$",
    "^\\(a+\\)+$",
    "^(ab)+$",
    "^([a-f0-9]{32})+$",
    "^(?:raw_)?[a-z_]+$",
    "^a{2,5}$",
  ])("may be %s", (pattern) => expect(fault(pattern)).toBeUndefined());

  it.each([
    "(a+)+",
    "((a+))+",
    "(b(a|c)d)*",
    "(a|a)*$",
    "([a-z]*){2,}",
    "(a{0,50}){0,50}",
    "((a*)b?)+",
    "(",
    "a**",
  ])("can't be %s", (pattern) =>
    expect(fault(pattern)).toEqual([
      { path: "governance.naming.custom_patterns.1", code: "CONFIG.INVALID_VALUE" },
    ]),
  );

  it("has at most 500 characters", () => {
    expect(fault("a".repeat(500))).toBeUndefined();
    expect(fault("a".repeat(501))).toEqual([
      { path: "governance.naming.custom_patterns.1", code: "too_big" },
    ]);
  });
});
