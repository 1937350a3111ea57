import { checkRange } from "@floe/core/storage";
import { expect, it } from "vitest";

it.each([{ start: 0 }, { start: 5, end: 5 }, { start: 5, end: 6 }, undefined])(
  "%j may be a range",
  (range) => {
    expect(() => checkRange("s3://lake/x", range)).not.toThrow();
  },
);

it.each([
  { start: -1 },
  { start: 0.5 },
  { start: Number.NaN },
  { start: 2 ** 53 },
  { start: 5, end: 4 },
  { start: 0, end: 1.5 },
])("%j is no range", (range) => {
  expect(() => checkRange("s3://lake/x", range)).toThrow(
    expect.objectContaining({ code: "STORAGE.INVALID_RANGE" }),
  );
});
