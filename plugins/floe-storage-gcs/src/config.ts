import { secretReferenceSchema } from "@floe/core";
import { isPrefix, objectStoreFields } from "@floe/core/storage";
import { z } from "zod";

export const configSchema = z
  .strictObject({
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/, "must be a bucket's name")
      .describe("Bucket of the warehouse."),
    prefix: z
      .string()
      .refine(isPrefix, "must be a folder such as lake/prod, without a slash at either end")
      .default("")
      .describe("Folder of the warehouse in the bucket; the whole bucket where empty."),
    project: z
      .string()
      .min(1)
      .optional()
      .describe("Project that Python tools work in; Google's own chain finds it where left out."),
    user_project: z
      .string()
      .min(1)
      .optional()
      .describe("Project that is billed for requests, where the bucket asks the requester to pay."),
    endpoint: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe("Address in place of https://storage.googleapis.com: Private Service Connect, an emulator."),
    ca_file: z
      .string()
      .min(1)
      .optional()
      .describe(
        "PEM file of the certificate authority behind a private endpoint, from the product's folder.",
      ),
    credentials_file: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Key of a service account or configuration of workload identity federation, from the product's folder. Left out: application default credentials.",
      ),
    credentials: secretReferenceSchema
      .optional()
      .describe("Secret that holds what credentials_file would: the JSON text."),
    access_token: secretReferenceSchema
      .optional()
      .describe("Secret that holds a short-lived OAuth2 token, as gcloud auth print-access-token gives it."),
    impersonate_service_account: z
      .email()
      .optional()
      .describe("Service account to act as, with the credentials that were found."),
    anonymous: z
      .boolean()
      .default(false)
      .describe("Whether to send no credential: emulators, public buckets."),
    hmac_key_id: secretReferenceSchema
      .optional()
      .describe("Access id of an HMAC key, with which DuckDB reads gs:// in dbt; floe itself needs none."),
    hmac_secret: secretReferenceSchema.optional().describe("The HMAC key's secret."),
    max_attempts: objectStoreFields.max_attempts,
    read_timeout_seconds: objectStoreFields.read_timeout_seconds,
    part_size_mib: z
      .int()
      .min(1)
      .max(512)
      .default(16)
      .describe("Size of the parts that larger files are uploaded in, in MiB; three are in memory."),
    download_concurrency: objectStoreFields.download_concurrency,
  })
  .refine(
    ({ anonymous, credentials_file, credentials, access_token, impersonate_service_account }) => {
      const given = [credentials_file, credentials, access_token, anonymous || undefined];
      const one = given.filter((each) => each !== undefined).length <= 1;
      return one && !(anonymous && impersonate_service_account !== undefined);
    },
    { path: ["credentials"], error: "give one of credentials, credentials_file, access_token and anonymous" },
  )
  .refine(({ hmac_key_id, hmac_secret }) => (hmac_key_id === undefined) === (hmac_secret === undefined), {
    path: ["hmac_secret"],
    error: "hmac_key_id and hmac_secret belong together",
  });

export type GcsConfig = z.output<typeof configSchema>;
