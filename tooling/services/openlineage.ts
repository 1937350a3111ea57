import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const FOLDER = join(import.meta.dirname, "..", "schemas", "openlineage");
const read = (path: string): object => JSON.parse(readFileSync(join(FOLDER, path), "utf8")) as object;

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema([
  read("OpenLineage.json"),
  ...readdirSync(join(FOLDER, "facets")).map((file) => read(join("facets", file))),
]);

/** What a value has wrong by the kept schema of this URL. Throws where none is kept. */
export function violations(schemaUrl: string, value: unknown): string[] {
  const validate = ajv.getSchema(schemaUrl);
  if (validate === undefined) throw new Error(`no schema is kept under ${schemaUrl}`);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** What any facet, wherever it stands in an event, has wrong by the schema that it names. */
export function facetViolations(event: unknown): string[] {
  if (typeof event !== "object" || event === null) return [];
  const { _schemaURL: url } = event as { _schemaURL?: unknown };
  const own = typeof url === "string" ? violations(url, event) : [];
  return [...own, ...Object.values(event).flatMap(facetViolations)];
}
