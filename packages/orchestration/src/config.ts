import { secretReferenceSchema } from "@floe/core";
import { z } from "zod";

/** Options that every orchestrator has; a plugin adds its own. */
export const orchestratorOptions = {
  retries: z.int().min(0).max(100).default(0).describe("How often a step that failed is tried again."),
  retry_delay_seconds: z.number().min(0).max(86_400).default(30).describe("Pause before it is, in seconds."),
  retry_backoff: z
    .enum(["constant", "exponential"])
    .default("exponential")
    .describe("Whether the pause stays the same or doubles."),
  lineage: z
    .strictObject({
      url: z.url({ protocol: /^https?$/ }).describe("Address that takes events, with its path."),
      namespace: z.string().min(1).default("floe").describe("Namespace of jobs."),
      api_key: secretReferenceSchema.optional().describe("Bearer token."),
    })
    .optional()
    .describe(
      "Where floe's own calls of `emitLineageEvent` go. Runs of a product send theirs to its lineage backend.",
    ),
} as const;

export type OrchestratorConfig = z.output<z.ZodObject<typeof orchestratorOptions>>;
