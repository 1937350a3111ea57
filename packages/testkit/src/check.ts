/** The standard tests without vitest, for other runners. */
export { checkPlugin, type Report } from "./check-plugin.ts";
export {
  createTestContext,
  type LogRecord,
  type TestContext,
  type TestContextOptions,
} from "./context/test-context.ts";
export type * from "./options.ts";
export type { SampleTable } from "./rules/sample-rows.ts";
export { sampleArtifacts } from "./sample-artifacts.ts";
export { type RunningServer, refusedPort, refusingServer, stallingServer } from "./servers.ts";
