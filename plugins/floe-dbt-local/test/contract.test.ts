import { testDbtPlugin, writeSampleDbtProject } from "@floe/testkit";
import plugin from "floe-dbt-local";
import { afterAll } from "vitest";
import { onePythonWorker } from "./one-worker.ts";

const python = onePythonWorker();
afterAll(() => python.close());

testDbtPlugin({
  plugin,
  config: {},
  invalidConfigs: [{ vars: "x" }, { lint_templater: "none" }],
  packageJson: new URL("../package.json", import.meta.url),
  python,
  noServer: "dbt-core runs on this machine.",
  project: ({ dir }) => writeSampleDbtProject(dir),
  expected: { models: 2, tests: 2, aModel: "orders" },
  brokenProject: ({ dir }) => writeSampleDbtProject(dir, { "models/orders.sql": "select 1\n\n{% if %}\n" }),
  failingProject: ({ dir }) => writeSampleDbtProject(dir, { "models/orders.sql": "select * from nowhere\n" }),
});
