import {
  FloeError,
  type IcebergField,
  type IcebergSchema,
  type JsonObject,
  type JsonValue,
} from "@floe/core";

/**
 * A schema in which every field has an id, as a table is created with. Fields are numbered level by level,
 * as Iceberg does: those at the top first, then what is nested in them.
 *
 * @throws FloeError `CATALOG.FAILED` where some fields have an id and some don't, or none has one and yet
 * they are referred to.
 */
export function withFieldIds(
  { fields, identifierFieldIds = [] }: IcebergSchema,
  table: string,
): { fields: JsonObject[]; identifierFieldIds: number[] } {
  const given = fields.filter(({ id }) => id !== undefined).length;
  if (given !== 0 && given !== fields.length) {
    throw badSchema(table, "Some of its fields have an id, and some have none.");
  }
  if (given === 0 && identifierFieldIds.length > 0) {
    throw badSchema(table, "It names identifier fields by ids that no field has.");
  }
  const json = fields.map(toJson);
  if (given === 0) number(json);
  return { fields: json, identifierFieldIds: [...identifierFieldIds] };
}

function toJson({ id, name, type, required, doc }: IcebergField): JsonObject {
  return {
    ...(id === undefined ? {} : { id }),
    name,
    required,
    type: structuredClone(type),
    ...(doc === undefined ? {} : { doc }),
  };
}

/** Gives ids to fields and to what is nested in them. */
function number(fields: readonly JsonObject[]): void {
  let last = 0;
  let level: JsonObject[] = [];
  const next: JsonValue[] = [];
  const give = (holder: JsonObject, key: string, type: JsonValue | undefined): void => {
    last += 1;
    holder[key] = last;
    if (type !== undefined) next.push(type);
  };
  for (const field of fields) give(field, "id", field.type);
  while (next.length > 0) {
    level = next.splice(0).filter(isObject);
    for (const type of level) {
      if (type.type === "struct" && Array.isArray(type.fields)) {
        for (const field of type.fields.filter(isObject)) give(field, "id", field.type);
      } else if (type.type === "list") {
        give(type, "element-id", type.element);
      } else if (type.type === "map") {
        give(type, "key-id", type.key);
        give(type, "value-id", type.value);
      }
    }
  }
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function badSchema(table: string, why: string): FloeError {
  return new FloeError("CATALOG.FAILED", `The table ${table} can't be created with this schema.`, {
    why,
    next: ["Give every field an id, or none."],
  });
}
