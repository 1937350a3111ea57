import type { TestResults } from "./record.ts";

/** The counts in a JUnit report as pytest writes it. A skipped test counts for neither. */
export function readJunit(xml: string): TestResults {
  const count = (attribute: string) =>
    [...xml.matchAll(/<testsuite\s[^>]*>/g)]
      .map(([element]) => Number(new RegExp(`\\s${attribute}="(\\d+)"`).exec(element)?.[1] ?? 0))
      .reduce((sum, number) => sum + number, 0);
  const failed = count("failures") + count("errors");
  return { passed: count("tests") - failed - count("skipped"), failed };
}
