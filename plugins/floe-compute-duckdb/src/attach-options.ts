import { z } from "zod";

/**
 * Options of ATTACH that a manifest may set: those of Iceberg, DuckLake and the database extensions that
 * hold no credential.
 *
 * @see https://duckdb.org/docs/1.5/core_extensions/iceberg/iceberg_options.html
 */
const NAMES = [
  "endpoint",
  "authorization_type",
  "default_schema",
  "access_delegation_mode",
  "support_nested_namespaces",
  "stage_create_tables",
  "disable_multi_table_commit",
  "skip_create_table_metadata_updates",
  "remove_files_on_delete",
  "schema",
  "data_path",
  "metadata_schema",
] as const;

/** Options by name. Names are checked, since DuckDB and dbt-duckdb take them into SQL as they are. */
export const attachOptionsSchema = z.partialRecord(
  z.enum(NAMES),
  z.union([z.string(), z.number(), z.boolean()]),
);

export type AttachOptions = Readonly<Record<string, string | number | boolean>>;
