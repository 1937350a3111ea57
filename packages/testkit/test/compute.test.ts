import { brokenComputes } from "./broken/compute.ts";
import { prove } from "./prove.ts";
import { reference } from "./reference/compute.ts";

const PASSWORD = { source: "kubernetes", name: "micro", key: "password" };

prove(
  "compute",
  {
    plugin: reference,
    config: { database: "lake", password: PASSWORD },
    invalidConfigs: [{}, { database: "" }, { database: "lake", password: "in plain text" }],
    unreachable: ({ url }) => ({ database: "lake", endpoint: url, password: PASSWORD }),
    failingConfigs: [{ database: "missing" }],
    packageJson: {
      name: "floe-compute-micro",
      version: "1.0.0",
      exports: { ".": "./index.js" },
      peerDependencies: { "@floe/core": "^1.0.0" },
      floe: { apiVersion: "1.0", entryPoints: { "floe.computes": { micro: "." } } },
    },
    deadlineMs: 500,
  },
  brokenComputes,
);
