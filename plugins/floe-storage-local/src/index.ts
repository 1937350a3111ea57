import { definePlugin } from "@floe/core";
import { configSchema } from "./config.ts";
import { LocalStorage } from "./storage.ts";

export default definePlugin({
  kind: "storage",
  name: "local",
  description: "Files below a folder of this machine.",
  configSchema,
  create: (config, context) => new LocalStorage(config, context),
});
