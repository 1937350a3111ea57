import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CatalogConfig } from "@floe/core";
import type { DuckDbConfig } from "./config.ts";
import { literal } from "./sql-text.ts";

/** Every reader and writer of today takes version 2; old metadata files are kept from piling up. */
const TABLE_PROPERTIES: Readonly<Record<string, string>> = {
  "format-version": "2",
  "write.metadata.delete-after-commit.enabled": "true",
};

/**
 * The macros with which dbt-duckdb writes into Iceberg catalogs, which it can't by itself: those of the
 * package's folder `macros`, and what they must know of this configuration.
 */
export async function dbtMacros(
  packageDir: string,
  config: DuckDbConfig,
  catalog: CatalogConfig,
): Promise<Record<string, string>> {
  const folder = join(packageDir, "macros");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  const files = names.map(async (name) => [name, await readFile(join(folder, name), "utf8")]);
  return { ...Object.fromEntries(await Promise.all(files)), "catalog.sql": catalogMacros(config, catalog) };
}

function catalogMacros({ attach, table_properties }: DuckDbConfig, catalog: CatalogConfig): string {
  const further = attach.flatMap(({ type, alias }) => (type === "iceberg" ? (alias ?? []) : []));
  const names = [catalog.name, ...further].map((name) => JSON.stringify(name.toLowerCase()));
  const properties = Object.entries({ ...TABLE_PROPERTIES, ...table_properties });
  const text = properties.map(([key, value]) => `${literal(key)} = ${literal(value)}`).join(", ");
  return `{# Whether a relation is in an Iceberg catalog. #}
{% macro floe_in_iceberg(relation) %}
  {{ return(relation is not none and (relation.database or '') | lower in [${names.join(", ")}]) }}
{% endmacro %}

{# Properties that a new table gets. #}
{% macro floe_iceberg_properties() %}
  {{ return(${JSON.stringify(text)}) }}
{% endmacro %}
`;
}
