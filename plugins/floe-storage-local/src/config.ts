import { z } from "zod";

export const configSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .default(".floe/warehouse")
    .describe("Folder of the warehouse, relative to the product's folder or absolute."),
});

export type LocalConfig = z.output<typeof configSchema>;
