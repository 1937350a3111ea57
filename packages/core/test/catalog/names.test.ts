import { catalogName, catalogNameLevels } from "@floe/core";
import fc from "fast-check";
import { expect, it } from "vitest";

it.each([
  ["orders", ["orders"]],
  ["sales.orders", ["sales", "orders"]],
  ['"eu.west".orders', ["eu.west", "orders"]],
  ['"a""b".c', ['a"b', "c"]],
  ["sp ace.ü+%#", ["sp ace", "ü+%#"]],
])("%s has its levels", (name, levels) => {
  expect(catalogNameLevels(name)).toEqual(levels);
  expect(catalogName(levels)).toBe(name);
});

it.each(["", ".", "a.", ".a", "a..b", '"a', '"a"b.c', '""', '"".a'])("%j is refused", (name) => {
  expect(() => catalogNameLevels(name)).toThrow(expect.objectContaining({ code: "CATALOG.INVALID_NAME" }));
});

it("any levels come back as they were", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1, unit: "binary" }), { minLength: 1, maxLength: 4 }),
      (levels) => {
        expect(catalogNameLevels(catalogName(levels))).toEqual(levels);
      },
    ),
  );
});
