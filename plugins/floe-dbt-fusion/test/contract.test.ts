import { tmpdir } from "node:os";
import { createPythonRuntime } from "@floe/host";
import { testDbtPlugin } from "@floe/testkit";
import plugin from "floe-dbt-fusion";
import { writeProject } from "./sample-project.ts";

testDbtPlugin({
  plugin,
  config: {},
  invalidConfigs: [{ vars: "x" }, { binary: "" }, { static_analysis: "strict" }],
  packageJson: new URL("../package.json", import.meta.url),
  python: createPythonRuntime({ env: process.env, projectDir: tmpdir() }),
  noServer: "The engine runs on this machine.",
  project: ({ dir }) => writeProject(dir),
  expected: { models: 2, tests: 2, aModel: "orders" },
  brokenProject: ({ dir }) => writeProject(dir, { "models/orders.sql": "select 1\n\n{% if %}\n" }),
  failingProject: ({ dir }) => writeProject(dir, { "models/orders.sql": "select * from nowhere\n" }),
});
