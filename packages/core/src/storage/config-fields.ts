import { z } from "zod";

/** Options that mean the same for every object store, so that they are named and bounded alike. */
export const objectStoreFields = {
  max_attempts: z
    .int()
    .min(1)
    .max(20)
    .default(6)
    .describe("Attempts at a request that a busy server refuses or a broken connection ends."),
  read_timeout_seconds: z
    .number()
    .positive()
    .max(3600)
    .default(30)
    .describe("How long the server may be silent before a request counts as failed."),
  download_concurrency: z
    .int()
    .min(1)
    .max(32)
    .default(4)
    .describe(
      "Parts of one large file that are downloaded at a time, of 8 MiB each; 1 for a single request.",
    ),
};
