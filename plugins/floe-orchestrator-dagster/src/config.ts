import { orchestratorOptions } from "@floe/orchestration";
import { z } from "zod";

export const configSchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .default("http://127.0.0.1:3000")
    .describe("Address of Dagster's webserver."),
  image: z
    .strictObject({
      repository: z.string().min(1).describe("Image with the product's folder and its Python environment."),
      tag: z.string().min(1).default("latest").describe("Its tag."),
    })
    .optional()
    .describe("What the code location's pod runs, for the Helm values."),
  workload_size: z
    .enum(["small", "medium", "large"])
    .default("medium")
    .describe("Size of the webserver's, the daemon's and the code location's pods."),
  ...orchestratorOptions,
});

export type DagsterConfig = z.output<typeof configSchema>;
