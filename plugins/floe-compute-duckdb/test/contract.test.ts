import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { testComputePlugin } from "@floe/testkit";
import plugin from "floe-compute-duckdb";

testComputePlugin({
  plugin,
  config: { path: "shop.duckdb" },
  invalidConfigs: [{ threads: 0 }, { memory_limit: "much" }, { extensions: ["x; DROP"] }, { attach: [{}] }],
  packageJson: new URL("../package.json", import.meta.url),
  noServer: "DuckDB runs in the process.",
  failingConfigs: [
    { path: "/proc/nowhere/shop.duckdb" },
    ({ dir }: { dir: string }) => {
      writeFileSync(join(dir, "damaged.duckdb"), "x".repeat(8192));
      return { path: "damaged.duckdb" };
    },
    ({ dir }: { dir: string }) => {
      mkdirSync(join(dir, "folder"));
      return { path: "folder" };
    },
  ],
});
