import { appendFileSync } from "node:fs";

/** What a part of the test run came to. */
export interface TestResults {
  passed: number;
  failed: number;
}

/**
 * Adds a part's results to the file that `.ci/run` sums up for its closing line: one line for each part,
 * `<passed> <failed>`. Does nothing where no such file is asked for.
 */
export function recordResults({ passed, failed }: TestResults): void {
  const file = process.env.FLOE_TEST_RESULTS;
  if (file !== undefined) appendFileSync(file, `${passed} ${failed}\n`);
}
