import { testStoragePlugin } from "@floe/testkit";
import plugin from "floe-storage-local";

testStoragePlugin({
  plugin,
  config: { path: "warehouse" },
  invalidConfigs: [{ path: "" }, { path: 1 }],
  packageJson: new URL("../package.json", import.meta.url),
  noServer: "Local files have no server.",
});
