import { z } from "zod";

/** A share in percent: `80`, `80%` or `"80%"`. */
export const percent = z
  .union([
    z.number().min(0).max(100),
    z
      .string()
      .regex(/^(100(\.0+)?|\d{1,2}(\.\d+)?)\s*%$/, 'must be a percentage from 0 to 100, such as "80%"')
      .transform((text) => Number.parseFloat(text)),
  ])
  .describe("Percent, from 0 to 100.");
