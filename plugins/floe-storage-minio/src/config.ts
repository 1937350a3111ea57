import { configShape, WHOLE_KEY, wholeKey } from "floe-storage-s3/s3-storage";
import { z } from "zod";

const { role_arn: _ofAws, ...shape } = configShape;

export const configSchema = z
  .strictObject({
    ...shape,
    endpoint: z
      .url({ protocol: /^https?$/ })
      .describe("Address of the server: http://minio:9000, https://s3.fr-par.scw.cloud."),
    region: z.string().min(1).default("us-east-1").describe("Region that the server goes by."),
    path_style: z
      .boolean()
      .default(true)
      .describe("Whether the bucket stands in the path, not in the host's name."),
  })
  .refine(wholeKey, WHOLE_KEY);

export type MinioConfig = z.output<typeof configSchema>;
