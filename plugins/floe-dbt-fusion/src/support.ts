import type { DbtManifest, Finding, JsonObject } from "@floe/core";
import { findUnsupportedKeys } from "./duckdb-profile.ts";
import { mapping } from "./project-files.ts";

/** What the engine has. It refuses others, or fails with them half-way: `spark` is an experiment in it. */
const ADAPTERS = new Set(["snowflake", "bigquery", "databricks", "redshift", "duckdb", "salesforce"]);

/** The remedy for everything that this engine can't do. */
export const SUGGESTION = "Take dbt-core 1, which can: plugins.dbt.type: local";

/** What the engine can't do of what a project asks, or would do otherwise without a word. */
export function findUnsupported(profile: JsonObject | undefined, manifest: JsonObject): Finding[] {
  const { metadata, nodes = {}, sources = {} } = manifest as unknown as Partial<DbtManifest>;
  const type = typeof profile?.type === "string" ? profile.type : metadata?.adapter_type;
  const findings: Finding[] = [];
  if (type !== undefined && !ADAPTERS.has(type)) {
    findings.push({
      code: "DBT.UNSUPPORTED",
      message: `The Rust engine has no adapter for ${type}.`,
      subject: type,
      suggestion: SUGGESTION,
    });
  }
  for (const node of Object.values(nodes)) {
    const isPython = node.language === "python" || node.original_file_path?.endsWith(".py") === true;
    if (node.resource_type !== "model" || !isPython || type !== "duckdb") continue;
    findings.push({
      code: "DBT.UNSUPPORTED",
      message: `The model ${node.name} is in Python, which the Rust engine can't run on DuckDB.`,
      subject: node.name,
      ...(node.original_file_path === undefined ? {} : { file: node.original_file_path, line: 1 }),
      suggestion: SUGGESTION,
    });
  }
  if (type !== "duckdb") return findings;
  for (const source of Object.values(sources)) {
    const config = mapping((source as unknown as JsonObject).config);
    if (mapping(config?.meta)?.plugin === undefined && source.meta?.plugin === undefined) continue;
    findings.push({
      code: "DBT.UNSUPPORTED",
      message: `The source ${source.source_name}.${source.name} is read by a plugin of dbt-duckdb, which is Python.`,
      subject: `${source.source_name}.${source.name}`,
      ...(source.original_file_path === undefined ? {} : { file: source.original_file_path }),
      suggestion: SUGGESTION,
    });
  }
  return [...findings, ...findUnsupportedKeys(profile ?? {})];
}
