import type { SerializedError } from "vitest";
import type { Reporter, TestModule } from "vitest/node";
import { recordResults } from "./record.ts";

/**
 * Counts for `.ci/run`. What keeps tests from running at all (a file that can't be imported, a hook that
 * throws, an error outside of any test) counts as one that failed.
 */
export default class ResultsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    let passed = 0;
    let failed = unhandled.length;
    for (const module of modules) {
      for (const suite of [module, ...module.children.allSuites()]) failed += suite.errors().length;
      passed += [...module.children.allTests("passed")].length;
      failed += [...module.children.allTests("failed")].length;
    }
    recordResults({ passed, failed });
  }
}
