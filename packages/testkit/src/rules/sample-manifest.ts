import type { JsonObject } from "@floe/core";

/** A model of a dbt manifest, with tests on some of its columns. */
export interface SampleModel {
  name: string;
  tier: "bronze" | "silver" | "gold";
  columns: readonly string[];
  /** Column to kinds of test. */
  tests?: Readonly<Record<string, readonly string[]>>;
}

/** A dbt manifest (v12) with the given models, as far as plugins read one. */
export function sampleManifest(models: readonly SampleModel[]): JsonObject {
  const nodes: JsonObject = {};
  for (const { name, tier, columns, tests = {} } of models) {
    const id = `model.shop.${name}`;
    nodes[id] = {
      unique_id: id,
      resource_type: "model",
      name,
      alias: name,
      package_name: "shop",
      database: "shop",
      schema: tier,
      relation_name: `"shop"."${tier}"."${name}"`,
      path: `${tier}/${name}.sql`,
      original_file_path: `models/${tier}/${name}.sql`,
      fqn: ["shop", tier, name],
      tags: [tier],
      meta: { tier },
      description: `The ${name}.`,
      columns: Object.fromEntries(
        columns.map((column) => [
          column,
          { name: column, description: "", data_type: "integer", meta: {}, tags: [] },
        ]),
      ),
      config: { enabled: true, materialized: "table", tags: [tier], meta: { tier } },
      depends_on: { nodes: [], macros: [] },
    };
    for (const [column, kinds] of Object.entries(tests)) {
      for (const kind of kinds) {
        const test = `test.shop.${kind}_${name}_${column}`;
        nodes[test] = {
          unique_id: test,
          resource_type: "test",
          name: `${kind}_${name}_${column}`,
          package_name: "shop",
          column_name: column,
          attached_node: id,
          test_metadata: { name: kind, kwargs: { column_name: column }, namespace: null },
          config: { enabled: true, severity: "ERROR", tags: [], meta: {} },
          depends_on: { nodes: [id], macros: [] },
          tags: [],
        };
      }
    }
  }
  return {
    metadata: {
      dbt_schema_version: "https://schemas.getdbt.com/dbt/manifest/v12.json",
      project_name: "shop",
    },
    nodes,
    sources: {},
    exposures: {},
    metrics: {},
    parent_map: {},
    child_map: {},
  };
}
