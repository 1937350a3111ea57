import type { S3Credentials } from "./minio.ts";

/** A place in a bucket of a running S3 server, with keys that may do everything there: a `RunningMinio` and a location. */
export interface S3Warehouse {
  /** `s3://bucket/prefix`; the bucket exists. */
  location: string;
  /** The server: `http://127.0.0.1:9000`. */
  url: string;
  region: string;
  credentials: S3Credentials;
}

/** The variables by which every AWS SDK finds the keys. */
export function s3Environment({ region, credentials }: S3Warehouse): Record<string, string> {
  return {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}
