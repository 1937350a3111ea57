import { z } from "zod";
import { identifier } from "../names.ts";
import { optional, withDefault } from "../optional.ts";
import { reportRepeated, rule } from "../rule.ts";

const columnSchema = z.strictObject({
  name: identifier.describe("Name of the column."),
  type: z.string().min(1).describe("Logical type: string, integer, number, boolean, date, timestamp, ..."),
  description: optional(z.string().max(500)).describe("What it means."),
  required: withDefault(z.boolean(), false).describe("Whether every row has a value."),
  primaryKey: withDefault(z.boolean(), false).describe("Whether it identifies a row."),
  classification: optional(z.string().min(1)).describe(
    "Sensitivity: public, internal, confidential, pii, ...",
  ),
});

/** A table that others may rely on. */
export const outputPortSchema = z
  .strictObject({
    name: identifier.describe("Name of the port: the model it offers."),
    description: optional(z.string().max(500)).describe("What the table holds."),
    owner: optional(z.string().min(1)).describe("Who answers for it."),
    schema: z.array(columnSchema).min(1).describe("Its columns."),
  })
  .check(rule((value, report) => reportRepeated(value.schema, ["schema"], "name", report)));

export type OutputPort = z.output<typeof outputPortSchema>;
