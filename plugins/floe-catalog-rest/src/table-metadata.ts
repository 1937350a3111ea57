import type { CatalogTable, IcebergField, IcebergSchema, JsonObject } from "@floe/core";
import { z } from "zod";

/** @see https://iceberg.apache.org/spec/#schemas */
const schema = z.object({
  "schema-id": z.int().optional(),
  "identifier-field-ids": z.array(z.int()).nullish(),
  fields: z.array(
    z.object({
      id: z.int(),
      name: z.string(),
      type: z.union([z.string(), z.record(z.string(), z.unknown())]),
      required: z.boolean(),
      doc: z.string().nullish(),
    }),
  ),
});

/** @see https://iceberg.apache.org/spec/#table-metadata-fields */
const metadataSchema = z.object({
  "format-version": z.int(),
  "table-uuid": z.string(),
  location: z.string(),
  schemas: z.array(schema).optional(),
  "current-schema-id": z.int().optional(),
  // Format version 1 has this one alone.
  schema: schema.optional(),
  properties: z.record(z.string(), z.string()).nullish(),
  // Digits, for it is 64 bits wide; -1 in older writers' tables without any.
  "current-snapshot-id": z.union([z.string(), z.int()]).nullish(),
});

/** What loading or creating a table gives, as far as it is used. */
export const loadedTableSchema = z.object({
  metadata: metadataSchema,
  config: z.record(z.string(), z.string()).nullish(),
  "storage-credentials": z
    .array(z.object({ prefix: z.string(), config: z.record(z.string(), z.string()) }))
    .nullish(),
});

export type LoadedTable = z.output<typeof loadedTableSchema>;

export function tableOf(name: string, metadata: LoadedTable["metadata"]): CatalogTable {
  const snapshot = metadata["current-snapshot-id"];
  return {
    name,
    uuid: metadata["table-uuid"],
    location: metadata.location,
    formatVersion: metadata["format-version"],
    schema: currentSchema(metadata),
    properties: metadata.properties ?? {},
    currentSnapshotId: snapshot == null || String(snapshot) === "-1" ? null : String(snapshot),
  };
}

function currentSchema(metadata: LoadedTable["metadata"]): IcebergSchema {
  const id = metadata["current-schema-id"];
  const current = metadata.schemas?.find((one) => one["schema-id"] === id) ?? metadata.schema;
  const identifiers = current?.["identifier-field-ids"] ?? [];
  return {
    fields: (current?.fields ?? []).map(
      ({ id: fieldId, name, type, required, doc }): IcebergField => ({
        id: fieldId,
        name,
        type: type as string | JsonObject,
        required,
        ...(doc == null ? {} : { doc }),
      }),
    ),
    ...(identifiers.length === 0 ? {} : { identifierFieldIds: identifiers }),
  };
}
