import { createFacet, facetKeys, facetSchemaUrl } from "@floe/core";
import { describe, expect, it } from "vitest";
import { FACET_EXAMPLES, producer } from "./facet-examples.ts";
import { facetSchemas, type JsonSchema, violations } from "./openlineage-schemas.ts";

const BASE_OF_PLACE = {
  run: "RunFacet",
  job: "JobFacet",
  dataset: "DatasetFacet",
  inputDataset: "InputDatasetFacet",
  outputDataset: "OutputDatasetFacet",
};

const facets = facetKeys().map(({ place, key }) => {
  const fields = (FACET_EXAMPLES[place] as Record<string, object>)[key];
  const facet: { _schemaURL: string } = createFacet(place, key as never, producer, fields as never);
  const [schemaId = "", pointer = ""] = facet._schemaURL.split("#/$defs/");
  const schema = facetSchemas.find(({ $id }) => $id === schemaId);
  const [base, own] = schema?.$defs?.[pointer]?.allOf ?? [];
  return { place, key, facet, schemaId, schema, base, own };
});

/** Paths of the schema's properties that a value doesn't show; the deprecated and unions are left out. */
function unshown(
  root: JsonSchema,
  schema: JsonSchema,
  value: unknown,
  path = "",
  outer: readonly string[] = [],
): string[] {
  if (schema.$ref !== undefined) {
    const definition = root.$defs?.[schema.$ref.replace("#/$defs/", "")];
    // A definition that contains itself is shown at its first level.
    if (definition === undefined || outer.includes(schema.$ref)) return [];
    return unshown(root, definition, value, path, [...outer, schema.$ref]);
  }
  if (Array.isArray(value)) return unshown(root, schema.items ?? {}, value[0], `${path}/0`, outer);
  if (typeof value !== "object" || value === null) return [];
  const shown = new Map<string, unknown>(Object.entries(value));
  const { properties = {}, additionalProperties: free } = schema;
  const named = Object.entries(properties).flatMap(([name, property]) => {
    if (property.deprecated === true) return [];
    if (!shown.has(name)) return [`${path}/${name}`];
    return unshown(root, property, shown.get(name), `${path}/${name}`, outer);
  });
  if (typeof free !== "object") return named;
  return [
    ...named,
    ...[...shown].flatMap(([key, item]) => unshown(root, free, item, `${path}/${key}`, outer)),
  ];
}

describe("OpenLineage facets", () => {
  it.each(facets)("$place $key is valid by the schema that it names", ({ facet }) => {
    expect(violations(facet._schemaURL, facet)).toEqual([]);
  });

  it.each(facets)("$place $key has the key and the place that its schema gives it", (facet) => {
    expect(Object.keys(facet.schema?.properties ?? {})).toEqual([facet.key]);
    expect(facet.base?.$ref?.split("/").at(-1)).toBe(BASE_OF_PLACE[facet.place]);
  });

  it.each(facets)("$place $key has every field of its schema", ({ schema = {}, own = {}, facet }) => {
    expect(unshown(schema, own, facet)).toEqual([]);
  });

  const required = facets.flatMap((facet) =>
    ["_producer", "_schemaURL", ...(facet.own?.required ?? [])].map((field) => ({ ...facet, field })),
  );
  it.each(required)("$place $key is refused without $field", ({ facet, field }) => {
    const lacking = { ...facet, [field]: undefined };
    expect(violations(facet._schemaURL, lacking)).toContain(` must have required property '${field}'`);
  });

  it("cover every schema of the specification, in the version that is kept", () => {
    const used = new Set(facets.map(({ schemaId }) => schemaId));
    expect([...used].sort()).toEqual(facetSchemas.map(({ $id }) => $id).sort());
  });

  it("name their schema as OpenLineage's clients do", () => {
    expect(facetSchemaUrl("dataset", "schema")).toBe(
      "https://openlineage.io/spec/facets/1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet",
    );
    expect(facetSchemaUrl("inputDataset", "subset")).toBe(
      "https://openlineage.io/spec/facets/1-0-0/BaseSubsetDatasetFacet.json#/$defs/InputSubsetInputDatasetFacet",
    );
  });

  it("keep their producer and schema whatever the fields hold", () => {
    const fields = { query: "select 1", _producer: "https://example.com/other", _schemaURL: "nowhere" };
    expect(createFacet("job", "sql", producer, fields)).toEqual({
      query: "select 1",
      _producer: producer,
      _schemaURL: facetSchemaUrl("job", "sql"),
    });
  });

  it("are refused by the schema where an assertion has no verdict", () => {
    const facet = createFacet("inputDataset", "dataQualityAssertions", producer, {
      // @ts-expect-error an assertion tells whether it succeeded
      assertions: [{ assertion: "not_null" }],
    });
    expect(violations(facet._schemaURL, facet)).toEqual([
      "/assertions/0 must have required property 'success'",
    ]);
  });

  it("are checked by the compiler", () => {
    // @ts-expect-error a query is text
    createFacet("job", "sql", producer, { query: 1 });
    // @ts-expect-error there is no such field
    createFacet("job", "sql", producer, { query: "select 1", dialekt: "duckdb" });
    // @ts-expect-error a job is named by namespace and name together
    createFacet("job", "lineage", producer, { entries: [{ type: "JOB", name: "orders" }] });
    // @ts-expect-error the assertions belong to an input
    expect(() => createFacet("run", "dataQualityAssertions", producer, { assertions: [] })).toThrow();
  });
});
