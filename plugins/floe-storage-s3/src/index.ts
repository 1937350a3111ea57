import { definePlugin } from "@floe/core";
import { configSchema } from "./config.ts";
import { S3Storage } from "./s3-storage.ts";

export default definePlugin({
  kind: "storage",
  name: "s3",
  description: "Amazon S3.",
  configSchema,
  create: (config, context) => new S3Storage(config, context),
});
