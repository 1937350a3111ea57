import type { DbtNodeResult, ExpectationResult, SourceResult } from "@floe/core";
import type { CompiledProduct } from "../compile/compile.ts";
import type { ColumnAnalyst } from "../lineage/column-analyst.ts";
import type { RunLineage } from "../lineage/run-lineage.ts";
import type { Product } from "../project/product.ts";
import type { SecretMask } from "../secrets/mask.ts";
import type { RunTracing } from "../tracing/run-tracing.ts";
import type { RunObserver } from "./observer.ts";
import type { JournalEntry, RunMode, RunRecord, RunSelection, RunStore } from "./store.ts";

export type NodeEntry = Extract<JournalEntry, { kind: "node" }>;
export type SourceEntry = Extract<JournalEntry, { kind: "source" }>;
export type CheckEntry = Extract<JournalEntry, { kind: "check" }>;

/** What is finished: in this run, or in the one that it resumes. */
export interface Done {
  /** By source name: loaded. */
  sources: Map<string, SourceEntry>;
  /** By unique id: built, or tested without a failure. */
  nodes: Map<string, NodeEntry>;
  /** Unique ids and source names whose work another run did, and told lineage of. */
  inherited: Set<string>;
}

/** A run in progress: what its steps share. */
export interface RunState {
  product: Product;
  compiled: CompiledProduct;
  mode: RunMode;
  options: RunSelection;
  store: RunStore;
  record: RunRecord;
  done: Done;
  /** What dbt said of each node that it ran now. */
  results: Map<string, DbtNodeResult & { entry: NodeEntry }>;
  /** Sources loaded or failed now. */
  sources: SourceEntry[];
  /** Checks that were run, by model. */
  checks: { model: string; result: ExpectationResult }[];
  lineage: RunLineage;
  columnAnalyst: ColumnAnalyst;
  tracing: RunTracing;
  observe: RunObserver;
  signal: AbortSignal;
  mask: SecretMask;
  /** Writes down that something is finished. */
  journal(entry: JournalEntry): void;
}

/** What a journal says is finished. */
export function doneOf(entries: readonly JournalEntry[], inherited: boolean): Done {
  const done: Done = { sources: new Map(), nodes: new Map(), inherited: new Set() };
  for (const entry of entries) {
    if (entry.kind === "source" && entry.result.success) done.sources.set(entry.result.source, entry);
    if (entry.kind !== "node") continue;
    if (["success", "pass", "warn"].includes(entry.status)) done.nodes.set(entry.uniqueId, entry);
    else done.nodes.delete(entry.uniqueId);
  }
  if (inherited) done.inherited = new Set([...done.sources.keys(), ...done.nodes.keys()]);
  return done;
}

/** The result of a source that couldn't be loaded. */
export function failedSource(source: string, table: string, error: string): SourceResult {
  return { source, table, success: false, rowsLoaded: 0, executionTimeSeconds: 0, error };
}
