import { secretReferenceSchema } from "@floe/core";
import { isPrefix, objectStoreFields } from "@floe/core/storage";
import { z } from "zod";

const keys = ["access_key_id", "secret_access_key"] as const;

export const configShape = {
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be a bucket's name")
    .describe("Bucket of the warehouse."),
  prefix: z
    .string()
    .refine(isPrefix, "must be a folder such as lake/prod, without a slash at either end")
    .default("")
    .describe("Folder of the warehouse in the bucket; the whole bucket where empty."),
  region: z
    .string()
    .min(1)
    .optional()
    .describe("Region of the bucket; AWS's own chain finds it where left out."),
  endpoint: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Address in place of AWS's own, for a VPC endpoint or a server that speaks S3."),
  path_style: z
    .boolean()
    .default(false)
    .describe("Whether the bucket stands in the path, not in the host's name."),
  profile: z.string().min(1).optional().describe("Profile in AWS's configuration files."),
  role_arn: z.string().min(1).optional().describe("Role to assume with the credentials that were found."),
  access_key_id: secretReferenceSchema
    .optional()
    .describe("Key, where AWS's own chain isn't meant; together with secret_access_key."),
  secret_access_key: secretReferenceSchema.optional().describe("The key's secret."),
  session_token: secretReferenceSchema.optional().describe("Token of a key that is short-lived."),
  ca_file: z
    .string()
    .min(1)
    .optional()
    .describe("PEM file of the certificate authority behind a private endpoint, from the product's folder."),
  max_attempts: z
    .int()
    .min(1)
    .max(20)
    .optional()
    .describe("Attempts at a request that may be repeated; AWS's own settings where left out, which say 3."),
  connect_timeout_seconds: z.number().positive().max(300).default(5).describe("Limit on connecting."),
  read_timeout_seconds: objectStoreFields.read_timeout_seconds,
  part_size_mib: z
    .int()
    .min(5)
    .max(512)
    .default(8)
    .describe("Size of the parts that larger files are uploaded in, in MiB."),
  upload_concurrency: z
    .int()
    .min(1)
    .max(32)
    .default(4)
    .describe("Parts of one file that are uploaded at a time."),
  payload_signing: z
    .boolean()
    .default(false)
    .describe(
      "Whether the parts of larger files are signed with a hash of their bytes, as some buckets' policies ask. They have a checksum either way.",
    ),
  download_concurrency: objectStoreFields.download_concurrency,
} as const;

/** Refuses a half of a key, and a session without one. */
export function wholeKey(config: Partial<Record<(typeof keys)[number] | "session_token", unknown>>): boolean {
  const given = keys.filter((key) => config[key] !== undefined);
  return given.length === keys.length || (given.length === 0 && config.session_token === undefined);
}

export const WHOLE_KEY = {
  path: ["secret_access_key"],
  error: "access_key_id and secret_access_key belong together",
};

export const configSchema = z.strictObject(configShape).refine(wholeKey, WHOLE_KEY);

export type S3Config = z.output<typeof configSchema>;
