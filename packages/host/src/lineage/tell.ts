import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseConnection, DbtNode, ExpectationResult } from "@floe/core";
import { isFailure } from "@floe/core";
import { isUnmet } from "../run/quality.ts";
import type { RunState } from "../run/state.ts";
import { dbtTestResult } from "./dbt-test-results.ts";
import { countRows, inspectTables, type TableFacts, tableKey } from "./inspect-tables.ts";
import { partsOf } from "./product-jobs.ts";
import type { ColumnOrigins, JobOutcome } from "./run-lineage.ts";

/** What lineage says of tables: found out once, while the engine is open anyway. */
export interface LineageFacts {
  tables: ReadonlyMap<string, TableFacts>;
  rows: ReadonlyMap<string, number>;
}

const STORED = new Set(["table", "incremental", "seed", "snapshot"]);

/** Whether counting its rows computes nothing. In a catalog even what dbt calls a view is a table. */
function isStored({ config }: DbtNode, facts: TableFacts | undefined): boolean {
  return facts !== undefined && (facts.iceberg !== undefined || STORED.has(config?.materialized ?? ""));
}

/** Looks at the tables that this run's events name. */
export async function gatherFacts(state: RunState, connection: DatabaseConnection): Promise<LineageFacts> {
  const nodes = toldNodes(state).map(({ node }) => node);
  const parents = nodes.flatMap((node) => parentsOf(state, node));
  const loaded = state.sources.map(({ result }) => result.table.split("."));
  const checked = state.compiled.expectations.flatMap(
    ({ model }) => state.compiled.manifest.nodes[model] ?? [],
  );
  const named = [...[...nodes, ...parents, ...checked].map(partsOf), ...loaded];
  const tables = await inspectTables(state.product, connection, named).catch((error: Error) => {
    state.product.project.logger.warn(`Lineage doesn't know the tables: ${error.message}`);
    return new Map<string, TableFacts>();
  });
  state.lineage.tables = tables;
  const uncounted = nodes.filter(
    (node) =>
      isStored(node, tables.get(tableKey(partsOf(node)))) &&
      state.done.nodes.get(node.unique_id)?.rows === undefined,
  );
  return { tables, rows: await countRows(connection, uncounted.map(partsOf)) };
}

/** The SQL of models as dbt ran it, from its target folder: both engines write it there. */
export function compiledSql(
  state: RunState,
  { package_name, original_file_path }: DbtNode,
): string | undefined {
  const { dbtFile, dbtProject } = state.product;
  if (package_name === undefined || original_file_path === undefined) return undefined;
  const file = join(dbtProject.projectDir, dbtFile.targetPath, "compiled", package_name, original_file_path);
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}

/** Says how each source, model and quality run of this run ended. What was said before isn't said again. */
export function tellOutcomes(
  state: RunState,
  facts: LineageFacts,
  columns: ReadonlyMap<string, ColumnOrigins>,
): void {
  const { lineage, product, compiled } = state;
  const known = [...state.done.sources.values()].filter(
    ({ result }) => !state.done.inherited.has(result.source),
  );
  for (const { result, startedAt, endedAt } of new Set([...known, ...state.sources])) {
    const source = product.spec.ingestion?.sources.find(({ name }) => name === result.source);
    if (source === undefined) continue;
    lineage.sourceEnded(
      source,
      {
        startedAt: new Date(startedAt),
        endedAt: new Date(endedAt),
        ...(result.success ? {} : { error: result.error ?? "It failed." }),
      },
      {
        table: [...facts.tables].find(([key]) => key.endsWith(tableKey(result.table.split("."))))?.[1],
        rows: result.rowsLoaded,
        bytes: result.bytesLoaded,
      },
    );
  }
  for (const { node, outcome } of toldNodes(state)) {
    lineage.nodeEnded(node.unique_id, outcome, {
      tables: facts.tables,
      rows: state.done.nodes.get(node.unique_id)?.rows ?? facts.rows.get(tableKey(partsOf(node))),
      sql: compiledSql(state, node),
      columns: columns.get(node.unique_id),
    });
  }
  for (const [model, results] of checkedModels(state)) {
    const node = compiled.manifest.nodes[model];
    const unmet = results.filter((one) => isUnmet(one) && one.expectation.severity === "error");
    const now = new Date();
    const names = unmet.map(({ expectation }) => expectation.name).join(", ");
    lineage.modelChecked(
      model,
      results,
      { startedAt: now, endedAt: now, ...(unmet.length === 0 ? {} : { error: `Not met: ${names}` }) },
      node && facts.tables.get(tableKey(partsOf(node))),
    );
  }
}

/** Models, seeds and snapshots that this run built or failed to build, with how it went. */
export function toldNodes(state: RunState): { node: DbtNode; outcome: JobOutcome }[] {
  const { nodes } = state.compiled.manifest;
  const built = [...state.done.nodes.values()]
    .filter(({ uniqueId }) => !state.done.inherited.has(uniqueId))
    .map((entry) => ({ entry, error: undefined }));
  const failed = [...state.results.values()].filter(isFailure).map(({ entry, message }) => ({
    entry,
    error: state.mask.text(message ?? "It failed."),
  }));
  return [...built, ...failed].flatMap(({ entry, error }) => {
    const node = nodes[entry.uniqueId];
    if (node === undefined || !["model", "seed", "snapshot"].includes(node.resource_type)) return [];
    const times = { startedAt: new Date(entry.startedAt), endedAt: new Date(entry.endedAt) };
    return [{ node, outcome: { ...times, ...(error === undefined ? {} : { error }) } }];
  });
}

/** Results of dbt's tests and of floe's checks, by model. */
function checkedModels(state: RunState): Map<string, ExpectationResult[]> {
  const { manifest } = state.compiled;
  const byModel = new Map<string, ExpectationResult[]>();
  const add = (model: string, result: ExpectationResult): void => {
    const known = byModel.get(model);
    if (known === undefined) byModel.set(model, [result]);
    else known.push(result);
  };
  for (const result of state.results.values()) {
    const test = manifest.nodes[result.unique_id];
    if (test?.resource_type !== "test") continue;
    const [model] = test.attached_node != null ? [test.attached_node] : (test.depends_on?.nodes ?? []);
    if (model !== undefined && manifest.nodes[model] !== undefined)
      add(model, dbtTestResult(test, result, manifest));
  }
  for (const { model, result } of state.checks) add(model, result);
  return byModel;
}

function parentsOf({ compiled }: RunState, node: DbtNode) {
  return (node.depends_on?.nodes ?? []).flatMap(
    (id) => compiled.manifest.nodes[id] ?? compiled.manifest.sources?.[id] ?? [],
  );
}
