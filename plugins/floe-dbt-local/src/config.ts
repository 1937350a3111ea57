import { z } from "zod";

export const configSchema = z.strictObject({
  vars: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("Variables for the project, as dbt's option --vars takes them."),
  lint_templater: z
    .enum(["jinja", "dbt"])
    .optional()
    .describe(
      "How sqlfluff reads Jinja: jinja is quick, dbt knows every macro. Default: as the project's .sqlfluff says, else jinja.",
    ),
});

export type LocalDbtConfig = z.output<typeof configSchema>;
