import { testOrchestratorPlugin } from "@floe/testkit";
import plugin from "floe-orchestrator-airflow";

testOrchestratorPlugin({
  plugin,
  config: {},
  invalidConfigs: [
    { url: "airflow" },
    { granularity: "group" },
    { retries: -1 },
    { env: { "A-B": "1" } },
    { pool: "a pool" },
    { max_active_tasks: 0 },
  ],
  packageJson: new URL("../package.json", import.meta.url),
  offline: "A real API server takes half a minute to start; it is asked in the test of scheduled runs.",
  unreachable: ({ url }) => ({ url }),
  deadlineMs: 10_000,
});
