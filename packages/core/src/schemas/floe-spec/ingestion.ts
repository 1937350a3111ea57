import { z } from "zod";
import { tableName } from "../names.ts";
import { optional, withDefault } from "../optional.ts";
import { has, reportRepeated, rule } from "../rule.ts";
import { isCredentialAddress } from "../secret-free.ts";

const common = {
  name: z
    .string()
    .max(100)
    .regex(
      /^[a-zA-Z_][a-zA-Z0-9_-]*$/,
      "must start with a letter and hold letters, digits, dashes and underscores",
    )
    .describe("Name of the source, unique within the product."),
  destinationTable: tableName.describe("Table to load into, as schema.table."),
  writeMode: withDefault(z.enum(["append", "replace", "merge"]), "append").describe(
    "append adds rows, replace loads anew, merge updates rows by primaryKey.",
  ),
  schemaContract: withDefault(z.enum(["evolve", "freeze"]), "evolve").describe(
    "evolve takes new columns; freeze refuses a source whose columns changed.",
  ),
  cursorField: optional(z.string().min(1)).describe(
    "Column that grows; only rows past the last seen value are loaded.",
  ),
  primaryKey: optional(z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])).describe(
    "Column or columns that identify a row; needed by merge.",
  ),
};

const filesystemSource = z.strictObject({
  ...common,
  sourceType: z.literal("filesystem").describe("Files."),
  format: z.enum(["csv", "jsonl", "parquet"]).describe("Format of the files."),
  path: z
    .string()
    .min(1)
    .describe("File, folder or glob, relative to floe.yaml, or a URI of an object store."),
});

const paginationType = z.enum(["single_page", "json_link", "header_link", "offset", "page_number", "cursor"]);

const restSource = z.strictObject({
  ...common,
  sourceType: z.literal("rest").describe("A REST API that answers JSON."),
  url: z.url({ protocol: /^https?$/ }).describe("Address of the resource."),
  dataPath: optional(z.string().min(1)).describe(
    "Where the rows are in the answer: `results`, `data.items`.",
  ),
  params: optional(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))).describe(
    "Query parameters.",
  ),
  pagination: optional(
    z.union([paginationType, z.looseObject({ type: paginationType.describe("Kind.") })]),
  ).describe(
    "How the API gives further pages: a kind, or a mapping of `type` and that kind's own settings. " +
      "Found out by itself where left out.",
  ),
});

/** One source to load. */
export const ingestionSourceSchema = z.discriminatedUnion("sourceType", [filesystemSource, restSource]).check(
  rule((source, report) => {
    if (source.writeMode === "merge" && !has(source, "primaryKey")) {
      report(["primaryKey"], "writeMode merge needs a primaryKey", {
        code: "CONFIG.MISSING_KEY",
        next: ["Add primaryKey: with the columns that identify a row."],
      });
    }
    for (const key of ["path", "url"]) {
      const place = source[key];
      if (typeof place === "string" && isCredentialAddress(place)) {
        report([key], "a credential doesn't belong into the address", {
          code: "CONFIG.ENVIRONMENT_KEY",
          next: ["Leave it out: credentials come from the platform."],
        });
      }
    }
  }),
);

export const ingestionSchema = z
  .strictObject({
    sources: z.array(ingestionSourceSchema).min(1).describe("What to load, in this order."),
  })
  .check(
    rule((value, report) => {
      reportRepeated(value.sources, ["sources"], "name", report);
      reportRepeated(value.sources, ["sources"], "destinationTable", report);
    }),
  );

export type IngestionSource = z.output<typeof ingestionSourceSchema>;
