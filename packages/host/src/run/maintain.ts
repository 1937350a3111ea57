import type { TableMaintenance } from "@floe/core";
import { maintainedTables, maintenancePolicy } from "../maintain/tables.ts";
import type { RunState } from "./state.ts";

/**
 * Maintains the tables that this run has written, where the engine finds it worth it.
 *
 * It never fails a run: what isn't done now is done the next time, and until then every row can be read.
 */
export async function maintainWritten(state: RunState): Promise<readonly TableMaintenance[]> {
  const { product, compiled, done } = state;
  const { compute, computeConfig, project } = product;
  const { nodes, sources } = compiled.manifest;
  const built = Object.values(nodes).filter(
    ({ unique_id }) => done.nodes.has(unique_id) && !done.inherited.has(unique_id),
  );
  const tables = maintainedTables(product, {
    nodes: Object.fromEntries(built.map((node) => [node.unique_id, node])),
    ...(state.sources.length === 0 || sources === undefined ? {} : { sources }),
  });
  try {
    return (await compute.maintainTables?.(computeConfig, tables, maintenancePolicy(product, true))) ?? [];
  } catch (error) {
    if (state.signal.aborted) throw error;
    project.logger.warn(`Tables weren't maintained: ${(error as Error).message}`);
    return [];
  }
}

/** `2 tables rewritten, 14 old snapshots gone, 1 left to the next time`. */
export function maintenanceSummary(tables: readonly TableMaintenance[]): string {
  if (tables.length === 0) return "no table needs it yet";
  const done = tables.filter(({ status }) => status === "done").length;
  const expired = tables.reduce((sum, one) => sum + one.expiredSnapshots, 0);
  const left = tables.filter(({ status }) => status === "failed" || status === "conflict").length;
  return [
    `${done} ${done === 1 ? "table" : "tables"} rewritten`,
    ...(expired === 0 ? [] : [`${expired} old snapshots gone`]),
    ...(left === 0 ? [] : [`${left} left to the next time`]),
  ].join(", ");
}
