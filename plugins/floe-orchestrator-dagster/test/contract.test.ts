import { testOrchestratorPlugin } from "@floe/testkit";
import plugin from "floe-orchestrator-dagster";

testOrchestratorPlugin({
  plugin,
  config: { retries: 2 },
  invalidConfigs: [{ url: "dagster" }, { retries: -1 }, { workload_size: "huge" }, { lineage: {} }],
  packageJson: new URL("../package.json", import.meta.url),
  offline: "Dagster's webserver takes long to start; the plugin's own tests start one.",
  unreachable: ({ url }) => ({ url }),
});
