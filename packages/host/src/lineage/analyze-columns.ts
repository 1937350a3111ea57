import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type ColumnLineageInput, createFacet, type DbtNode } from "@floe/core";
import { readOrNothing, writeFileWhole } from "../process/write-file.ts";
import type { RunState } from "../run/state.ts";
import type { Analysis, Origin } from "./column-analyst.ts";
import { partsOf } from "./product-jobs.ts";
import { PRODUCER } from "./recorder.ts";
import type { ColumnOrigins } from "./run-lineage.ts";
import { compiledSql, type LineageFacts, toldNodes } from "./tell.ts";

/** Changes where the analysis does, so that no old answer is taken for a new one. */
const VERSION = "1";

interface Asked {
  node: DbtNode;
  sql: string;
  file: string;
}

/**
 * What the columns of the models that were built come from, by model; read off the SQL by sqlglot, with the
 * tables' real columns. Where it can't be known, why. Answers are kept by the SQL and what it reads, so a
 * model that didn't change costs nothing.
 */
export async function analyzeColumns(
  state: RunState,
  facts: LineageFacts,
): Promise<ReadonlyMap<string, ColumnOrigins>> {
  const found = new Map<string, ColumnOrigins>();
  const asked: Asked[] = [];
  const { project, compute, computeConfig } = state.product;
  const dialect = compute.generateDbtProfile(computeConfig).type;
  const folder = join(project.paths.stateDir, "cache", "columns");
  const schema = nested(state, facts);
  const schemaHash = hash(JSON.stringify(schema));
  for (const { node, outcome } of toldNodes(state)) {
    if (node.resource_type !== "model" || outcome.error !== undefined) continue;
    const sql = compiledSql(state, node);
    if (sql === undefined || node.language === "python") {
      found.set(node.unique_id, {
        unknown: node.language === "python" ? "it is a Python model" : "its SQL isn't there",
      });
      continue;
    }
    const file = join(folder, `${hash(`${VERSION} ${dialect} ${schemaHash} ${sql}`)}.json`);
    const known = readOrNothing(file);
    if (known === undefined) asked.push({ node, sql, file });
    else found.set(node.unique_id, originsOf(state, node, JSON.parse(known) as Analysis));
  }
  if (asked.length === 0) return found;
  try {
    const models = asked.map(({ node, sql }) => ({ id: node.unique_id, sql, dialect }));
    const answers = await state.columnAnalyst.analyze({ models, schema });
    mkdirSync(folder, { recursive: true });
    for (const { node, file } of asked) {
      const answer = answers[node.unique_id] ?? { unknown: "it wasn't answered" };
      writeFileWhole(file, JSON.stringify(answer));
      found.set(node.unique_id, originsOf(state, node, answer));
    }
  } catch (error) {
    // Lineage never fails the data: that it isn't known is told in the events.
    for (const { node } of asked) found.set(node.unique_id, { unknown: (error as Error).message });
  }
  return found;
}

/** Tables that exist, as sqlglot takes them: database, schema, table, column to type. */
function nested({ compiled }: RunState, { tables }: LineageFacts): Record<string, unknown> {
  const { nodes, sources = {} } = compiled.manifest;
  const result: Record<string, Record<string, Record<string, Record<string, string>>>> = {};
  for (const resource of [...Object.values(nodes), ...Object.values(sources)]) {
    const [database = "", schema = "", table = ""] = partsOf(resource);
    const facts = tables.get([database, schema, table].join(".").toLowerCase());
    if (facts === undefined) continue;
    result[database] ??= {};
    const schemas = result[database];
    schemas[schema] ??= {};
    schemas[schema][table] = Object.fromEntries(facts.columns.map(({ name, type = "" }) => [name, type]));
  }
  return result;
}

function originsOf(state: RunState, node: DbtNode, analysis: Analysis): ColumnOrigins {
  if ("unknown" in analysis) return { unknown: analysis.unknown };
  const [ownDatabase = "", ownSchema = ""] = partsOf(node);
  const inputOf = ({ table, column, kind }: Origin, type: "DIRECT" | "INDIRECT"): ColumnLineageInput => {
    const [name = "", schema = ownSchema, database = ownDatabase] = [...table].reverse();
    const dataset = state.lineage.datasetAt([database, schema, name]);
    return {
      namespace: dataset.namespace,
      name: dataset.name,
      field: column,
      transformations: [{ type, subtype: kind }],
    };
  };
  const fields = Object.fromEntries(
    Object.entries(analysis.columns).map(([name, origins]) => [
      name,
      { inputFields: origins.map((origin) => inputOf(origin, "DIRECT")) },
    ]),
  );
  const dataset = analysis.indirect.map((origin) => inputOf(origin, "INDIRECT"));
  return { lineage: createFacet("dataset", "columnLineage", PRODUCER, { fields, dataset }) };
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
