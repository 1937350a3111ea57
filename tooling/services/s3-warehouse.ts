/** A place in a bucket of a running S3 server, with keys that may do everything there. */
export interface S3Warehouse {
  /** `s3://bucket/prefix`; the bucket exists. */
  location: string;
  /** `http://127.0.0.1:9000`. */
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** The variables by which every AWS SDK finds the keys. */
export function s3Environment({ region, accessKeyId, secretAccessKey }: S3Warehouse): Record<string, string> {
  return {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}
