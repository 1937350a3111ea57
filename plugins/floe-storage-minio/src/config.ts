import { configShape, WHOLE_KEY, wholeKey } from "floe-storage-s3/s3-storage";
import { z } from "zod";

const { role_arn: _ofAws, ...shape } = configShape;

const kubernetesName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, "must be a name as Kubernetes has them");

/** Of the last images that were published; `image` names another, such as a build of one's own. */
export const IMAGE = "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z";

const deployment = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe("Whether the cluster's MinIO is floe's to deploy; false where the server is there already."),
    image: z.string().min(1).default(IMAGE).describe("Container image of the server."),
    storage_size: z
      .string()
      .regex(/^\d+(\.\d+)?([KMGTP]i?)?$/, "must be a quantity such as 100Gi")
      .default("100Gi")
      .describe("Size of its volume."),
    storage_class: z
      .string()
      .min(1)
      .optional()
      .describe("Storage class of its volume; the cluster's default where left out."),
    secret: kubernetesName
      .default("minio")
      .describe(
        "Secret with the root user's access_key_id and secret_access_key, where the plugin's own key isn't in one.",
      ),
    tls_secret: kubernetesName
      .optional()
      .describe("Secret of type kubernetes.io/tls, for a server that speaks TLS itself."),
  })
  .prefault({});

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
    deployment: deployment.describe("The server that the Helm values deploy."),
  })
  .refine(wholeKey, WHOLE_KEY);

export type MinioConfig = z.output<typeof configSchema>;
