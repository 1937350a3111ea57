import { z } from "zod";
import { entriesWithin } from "../entries.ts";
import { secretName } from "../names.ts";
import { optional } from "../optional.ts";
import { rule } from "../rule.ts";

const DEEPEST = 10;

/** A sink that takes rows out of the product (reverse ETL). */
export const destinationSchema = z
  .strictObject({
    name: z.string().min(1).max(100).describe("Name of the destination, unique within the product."),
    sink_type: z.string().min(1).describe("Kind of sink; the platform may restrict it by approved_sinks."),
    connection_secret_ref: secretName.describe("Name of the secret with the sink's credentials."),
    source_table: optional(z.string().min(1)).describe("Table to send, as schema.table."),
    config: optional(z.record(z.string(), z.unknown())).describe("What the sink needs beside credentials."),
    field_mapping: optional(z.record(z.string(), z.string())).describe("Column to the sink's field."),
    batch_size: optional(z.int().min(1).max(100_000)).describe("Rows a request."),
  })
  .check(
    rule((value, report) => {
      if (depth(value.config) > DEEPEST) {
        report(["config"], `config is nested deeper than ${DEEPEST} levels`, {
          code: "CONFIG.INVALID_VALUE",
        });
      }
    }),
  );

/** Levels of mappings and lists, counted no further than matters. */
function depth(value: unknown): number {
  let deepest = typeof value === "object" && value !== null ? 1 : 0;
  for (const entry of entriesWithin(value, (within) => within.depth <= DEEPEST)) {
    if (typeof entry.value === "object" && entry.value !== null) deepest = Math.max(deepest, entry.depth + 1);
  }
  return deepest;
}

export type Destination = z.output<typeof destinationSchema>;
