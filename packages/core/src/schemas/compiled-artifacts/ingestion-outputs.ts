import { z } from "zod";
import { tier } from "../names.ts";
import { optional, withDefault } from "../optional.ts";
import { rule } from "../rule.ts";
import { isCredentialAddress } from "../secret-free.ts";

const table = z
  .string()
  .regex(/^[a-zA-Z_]\w*(\.[a-zA-Z_]\w*)*$/, "must be names joined by dots, such as raw.orders");

/** A table that ingestion fills. */
export const ingestionOutputSchema = z
  .strictObject({
    source_name: z.string().min(1).describe("Name of the source."),
    source_type: z.literal("filesystem").describe("Kind of source."),
    table_format: withDefault(z.literal("iceberg"), "iceberg").describe("Format of the table."),
    logical_table: table.describe("The table as the product names it."),
    physical_table: table.describe("The table as the catalog names it."),
    file_format: z.enum(["csv", "jsonl", "parquet"]).describe("Format of the source's files."),
    source_path: z.string().min(1).describe("Where they are."),
    write_mode: z.enum(["append", "replace", "merge"]).describe("What happens to rows already loaded."),
    schema_contract: z.enum(["evolve", "freeze"]).describe("What happens when columns change."),
    freshness_field: optional(z.string()).describe("Column that tells how fresh a row is."),
    primary_key: optional(z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])).describe(
      "Columns that identify a row.",
    ),
    cursor_field: optional(z.string()).describe("Column that grows."),
    quality_tier: withDefault(tier, "bronze").describe("Tier of the table."),
  })
  .check(
    rule(({ source_path: path }, report) => {
      if (typeof path !== "string" || !isCredentialAddress(path)) return;
      report(["source_path"], "a credential doesn't belong into the address", { code: "ARTIFACTS.INVALID" });
    }),
  );
