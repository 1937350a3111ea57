import { tmpdir } from "node:os";
import { createPythonRuntime } from "@floe/host";
import { testDbtPlugin, writeSampleDbtProject } from "@floe/testkit";
import plugin from "floe-dbt-fusion";

testDbtPlugin({
  plugin,
  config: {},
  invalidConfigs: [{ vars: "x" }, { binary: "" }, { static_analysis: "strict" }],
  packageJson: new URL("../package.json", import.meta.url),
  python: createPythonRuntime({ env: process.env, projectDir: tmpdir() }),
  noServer: "The engine runs on this machine.",
  project: ({ dir }) => writeSampleDbtProject(dir),
  expected: { models: 2, tests: 2, aModel: "orders" },
  brokenProject: ({ dir }) => writeSampleDbtProject(dir, { "models/orders.sql": "select 1\n\n{% if %}\n" }),
  failingProject: ({ dir }) => writeSampleDbtProject(dir, { "models/orders.sql": "select * from nowhere\n" }),
});
