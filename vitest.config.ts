import { defineConfig } from "vitest/config";
import { LongestFirst } from "./tooling/order/longest-first.ts";

export default defineConfig({
  test: {
    // One project without isolation: the suites share their modules, which is ten times faster than a
    // project per package. A suite that changes process-wide state lives in `*.isolated.test.ts`.
    include: ["{packages,plugins,tooling}/**/test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    pool: "threads",
    isolate: false,
    // By default one less than there are cores; but most of the time goes into waiting for servers and tools.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // On a new machine servers are built beside the tests.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // `.ci/run` sums up what several programs tested.
    ...(process.env.FLOE_TEST_RESULTS === undefined
      ? {}
      : { reporters: ["default", "./tooling/results/vitest-reporter.ts"] }),
  },
});
