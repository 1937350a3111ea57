import { z } from "zod";
import { attachOptionsSchema } from "./attach-options.ts";
import { amountOf, QUANTITY } from "./quantity.ts";

const quantity = z.string().regex(QUANTITY, 'must be a Kubernetes quantity, such as "500m" or "4Gi"');

const amounts = z.strictObject({
  cpu: quantity.describe("CPU."),
  memory: quantity.describe("Memory."),
});

const resources = z
  .strictObject({
    requests: amounts.describe("What a pod is given at least."),
    limits: amounts.describe("What a pod gets at most."),
  })
  .refine(
    ({ requests, limits }) =>
      amountOf(limits.cpu) >= amountOf(requests.cpu) && amountOf(limits.memory) >= amountOf(requests.memory),
    { path: ["limits"], message: "must not be below requests" },
  );

const setting = z.union([z.string(), z.number(), z.boolean()]);

/** Timers count milliseconds in 31 bits: 24 days. */
const LONGEST_SECONDS = 2_000_000;

export const configSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Database file, relative to the product's folder, or :memory:. {product_slug} is the product's name with underscores. Default: .floe/{product_slug}.duckdb, and :memory: where an Iceberg catalog holds the tables.",
    ),
  threads: z.int().min(1).max(256).default(4).describe("Threads of dbt; each runs one model at a time."),
  timeout_seconds: z
    .number()
    .positive()
    .max(LONGEST_SECONDS)
    .default(3600)
    .describe("Limit on one statement of floe's own, in seconds. dbt-duckdb has none."),
  memory_limit: z
    .string()
    .regex(/^\d+(\.\d+)?\s*[KMGT]i?B$/i, 'must be a size, such as "4GB"')
    .optional()
    .describe("Most memory that DuckDB takes: 4GB. Default: DuckDB's own, 80 % of the machine's."),
  extensions: z
    .array(z.string().regex(/^[a-z][a-z0-9_]*$/, "must be an extension's name"))
    .default([])
    .describe("DuckDB extensions to load."),
  extension_files: z
    .array(z.string().regex(/\.duckdb_extension$/, "must end in .duckdb_extension"))
    .default([])
    .describe(
      "Files of extensions that this machine has, absolute or relative to the product's folder. They are installed from there and not from DuckDB's server.",
    ),
  settings: z
    .record(z.string().regex(/^[a-z][a-z0-9_]*$/), setting)
    .default({})
    .describe("DuckDB settings by name."),
  attach: z
    .array(
      z.strictObject({
        path: z.string().min(1).describe("Database to attach, as ATTACH takes it."),
        alias: z
          .string()
          .regex(/^[A-Za-z_]\w*$/)
          .optional()
          .describe("Name in SQL."),
        type: z
          .string()
          .regex(/^[a-z][a-z0-9_]*$/)
          .optional()
          .describe("Kind of database, by extension: postgres, iceberg."),
        read_only: z.boolean().default(true).describe("Whether it is only read."),
        options: attachOptionsSchema.optional().describe("Further options of ATTACH."),
      }),
    )
    .default([])
    .describe("Further databases."),
  catalog_options: attachOptionsSchema
    .default({})
    .describe(
      "Further options of ATTACH for the manifest's Iceberg catalog, such as support_nested_namespaces.",
    ),
  table_properties: z
    .record(z.string().regex(/^[\w.-]+$/, "must be a table property's name"), z.string().regex(/^[^{}]*$/))
    .default({})
    .describe(
      "Properties that new Iceberg tables get, by Iceberg's names. Default: format-version 2, and old metadata files are removed.",
    ),
  maintain_after: z
    .int()
    .min(0)
    .max(1000)
    .default(5)
    .describe(
      "Rebuilds of an Iceberg table after which it is rewritten at the end of a run; 0: only by floe maintain. Until then each leaves deletes that readers merge.",
    ),
  resources: z
    .strictObject({
      small: resources.optional().describe("In place of floe's small preset."),
      medium: resources.optional().describe("In place of floe's medium preset."),
      large: resources.optional().describe("In place of floe's large preset."),
    })
    .default({})
    .describe("Kubernetes resources of dbt's pods, by size."),
});

export type DuckDbConfig = z.output<typeof configSchema>;
