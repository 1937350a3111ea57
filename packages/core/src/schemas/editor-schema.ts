import { z } from "zod";

/**
 * The JSON Schema (2020-12) of what may be written in a file, for editors: with descriptions and defaults.
 * Rules across fields aren't in it.
 */
export function editorSchema(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, {
    io: "input",
    // Zod leaves out the default of a field that is transformed, as it can't know that it fits the input.
    override: ({ zodSchema, jsonSchema }) => {
      const preset = z.globalRegistry.get(zodSchema)?.default;
      if (preset !== undefined) jsonSchema.default = preset;
    },
  });
}
