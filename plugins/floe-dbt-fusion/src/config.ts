import { z } from "zod";

export const configSchema = z
  .strictObject({
    binary: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Your own Fusion or dbt 2 program: a path, from the project's folder, or a name on the PATH. Default: dbt-core 2.0.0a4, which floe installs.",
      ),
    vars: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("Variables for the project, as dbt's option --vars takes them."),
    static_analysis: z
      .enum(["off", "baseline", "strict"])
      .optional()
      .describe(
        "How much of the SQL the engine understands before it runs it, as dbt's option --static-analysis takes it. Strict needs a Fusion program that is logged in. Default: the engine's own.",
      ),
  })
  .refine(({ binary, static_analysis }) => static_analysis !== "strict" || binary !== undefined, {
    path: ["static_analysis"],
    message: "strict needs `binary`: dbt-core 2 analyses nothing, and says nothing about it.",
  });

export type FusionDbtConfig = z.output<typeof configSchema>;
