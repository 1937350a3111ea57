import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

/** As much of JSON Schema as the tests read themselves. */
export interface JsonSchema {
  $id?: string;
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
  allOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  deprecated?: boolean;
}

const FOLDER = join(import.meta.dirname, "../../../../tooling/schemas/openlineage");
const read = (path: string): JsonSchema => JSON.parse(readFileSync(join(FOLDER, path), "utf8"));

export const eventSchema = read("OpenLineage.json");
export const facetSchemas = readdirSync(join(FOLDER, "facets")).map((file) => read(join("facets", file)));

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema([eventSchema, ...facetSchemas]);

/**
 * What a value has wrong by the schema, or the definition in one, of this URL; empty where it is valid.
 * Throws where no kept schema has the URL.
 */
export function violations(schemaUrl: string, value: unknown): string[] {
  const validate = ajv.getSchema(schemaUrl);
  if (validate === undefined) throw new Error(`no schema is kept under ${schemaUrl}`);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
