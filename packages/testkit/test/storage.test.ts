import { brokenStorages } from "./broken/storage.ts";
import { prove } from "./prove.ts";
import { reference } from "./reference/storage.ts";

const TOKEN = { source: "env", name: "TOKEN" };

prove(
  "storage",
  {
    plugin: reference,
    config: { bucket: "lake", token: TOKEN },
    invalidConfigs: [{}, { bucket: "Not a bucket" }, { bucket: "lake", timeoutMs: 0 }],
    unreachable: ({ url }) => ({ bucket: "lake", endpoint: url, token: TOKEN }),
    packageJson: {
      name: "floe-storage-memory",
      version: "1.0.0",
      exports: "./index.js",
      peerDependencies: { "@floe/core": "^1.0.0" },
      floe: { apiVersion: "1.0", entryPoints: { "floe.storage": { memory: "." } } },
    },
    deadlineMs: 500,
  },
  brokenStorages,
);
