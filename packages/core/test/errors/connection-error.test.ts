import { connectionError } from "@floe/core";
import { expect, it } from "vitest";

const failed = (code: string, more: object = {}): Error => Object.assign(new Error(code), { code }, more);

it.each([
  ["CONNECTION.REFUSED", failed("ECONNREFUSED")],
  ["CONNECTION.REFUSED", new TypeError("fetch failed", { cause: failed("ECONNREFUSED") })],
  ["CONNECTION.REFUSED", new AggregateError([failed("ECONNREFUSED"), failed("ETIMEDOUT")])],
  ["CONNECTION.UNREACHABLE", failed("ENOTFOUND")],
  ["CONNECTION.UNREACHABLE", new Error("request failed", { cause: failed("EHOSTUNREACH") })],
  ["CONNECTION.TIMEOUT", failed("ETIMEDOUT")],
  ["CONNECTION.TIMEOUT", new DOMException("late", "TimeoutError")],
  ["CONNECTION.FAILED", failed("ECONNRESET")],
  ["CONNECTION.FAILED", failed("ECONNRESET", { name: "TimeoutError" })],
  ["CONNECTION.FAILED", failed("SELF_SIGNED_CERT_IN_CHAIN")],
  ["CONNECTION.FAILED", "a text"],
])("%s is told of what a socket said", (code, error) => {
  expect(connectionError(error, "lake.example:9000")).toMatchObject({
    code,
    summary: expect.stringContaining("lake.example:9000"),
    cause: error,
  });
});
