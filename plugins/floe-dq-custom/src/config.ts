import { z } from "zod";

export const configSchema = z.strictObject({
  sample_rows: z
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .describe("Failing rows to keep per check, where the caller doesn't say. 0 keeps none: data stays."),
});

export type CustomQualityConfig = z.output<typeof configSchema>;
