import { definePlugin } from "@floe/core";
import { configSchema } from "./config.ts";
import { MinioStorage } from "./minio-storage.ts";

export default definePlugin({
  kind: "storage",
  name: "minio",
  description: "MinIO, or any other server that speaks S3.",
  configSchema,
  create: (config, context) => new MinioStorage(config, context),
});
