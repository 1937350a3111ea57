import { expect, test } from "vitest";
import { readJunit } from "../../results/junit.ts";

test("failures and errors have failed, skipped tests count for neither", () => {
  const suite = '<testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="0.05">';
  const xml = `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests">${suite}</testsuite></testsuites>`;
  expect(readJunit(xml)).toEqual({ passed: 4, failed: 3 });
});
