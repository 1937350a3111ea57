import { testLineageBackendPlugin } from "@floe/testkit";
import plugin from "floe-lineage-marquez";

const KEY = { source: "env", name: "MARQUEZ_KEY" } as const;

testLineageBackendPlugin({
  plugin,
  config: { url: "http://marquez:5000", api_key: KEY, namespace: "floe-{environment}" },
  invalidConfigs: [{}, { url: "marquez" }, { url: "http://marquez:5000", timeout_seconds: 0 }],
  packageJson: new URL("../package.json", import.meta.url),
  offline:
    "Marquez can't be installed for tests; its own test below talks to a receiver that answers as it does.",
  unreachable: ({ url }) => ({ url, api_key: KEY }),
  deadlineMs: 10_000,
});
