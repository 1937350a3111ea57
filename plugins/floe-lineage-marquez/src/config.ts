import { secretReferenceSchema } from "@floe/core";
import { z } from "zod";

export const configSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe("Base URL of Marquez' API: http://marquez:5000."),
  timeout_seconds: z.number().positive().max(300).default(5).describe("Limit on one request, in seconds."),
  api_key: secretReferenceSchema
    .optional()
    .describe("Bearer token, for a Marquez behind a proxy that asks for one; it has no login of its own."),
  namespace: z
    .string()
    .min(1)
    .default("floe-{environment}")
    .describe("Namespace of jobs. {environment}, {product} and {domain} are filled in."),
});

export type MarquezConfig = z.output<typeof configSchema>;
