import { definePlugin } from "@floe/core";
import { configSchema } from "./config.ts";
import { LocalDbt } from "./local-dbt.ts";

export default definePlugin({
  kind: "dbt",
  name: "local",
  description: "dbt-core on this machine, in one warm process.",
  configSchema,
  create: (config, context) => new LocalDbt(config, context),
});
