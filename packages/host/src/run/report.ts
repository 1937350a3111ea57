import { join } from "node:path";
import type { DbtManifest, ExpectationResult, Fault, SourceResult } from "@floe/core";
import { FloeError, isFailure } from "@floe/core";
import { displayPath } from "../config/yaml-document.ts";
import type { BuildOutcome } from "./build.ts";
import { isUnmet } from "./quality.ts";
import type { RunState } from "./state.ts";
import type { RunRecord, RunStatus } from "./store.ts";

/** What a run came to: what `--json` prints. */
export interface RunReport {
  run: RunRecord;
  status: RunStatus;
  seconds: number;
  sources: readonly SourceResult[];
  /** By dbt's words: success, error, skipped; pass, warn, fail. What an earlier attempt did counts as well. */
  models: Readonly<Record<string, number>>;
  seeds: Readonly<Record<string, number>>;
  snapshots: Readonly<Record<string, number>>;
  tests: Readonly<Record<string, number>>;
  checks: { passed: number; failed: number; score: number | null; results: readonly CheckReport[] };
  faults: readonly Fault[];
  lineage: { events: number; delivered: number; pending: number };
}

export interface CheckReport {
  model: string;
  name: string;
  type: string;
  column: string | null;
  status: ExpectationResult["status"];
  severity: "error" | "warn";
  failingRows: number | null;
  observed: string | null;
  message: string | null;
}

/** How many nodes of each kind ended how. */
export type NodeCounts = Pick<RunReport, "models" | "seeds" | "snapshots" | "tests">;

const KINDS: Readonly<Record<string, keyof NodeCounts>> = {
  seed: "seeds",
  snapshot: "snapshots",
  test: "tests",
  unit_test: "tests",
};

/** Counts what a run did; nothing before it has begun. */
export function countNodes(state: RunState | undefined, outcome: BuildOutcome | undefined): NodeCounts {
  const counts = { models: {}, seeds: {}, snapshots: {}, tests: {} };
  const count = (uniqueId: string, status: string): void => {
    const group: Record<string, number> = counts[KINDS[uniqueId.split(".", 1)[0] ?? ""] ?? "models"];
    group[status] = (group[status] ?? 0) + 1;
  };
  if (state === undefined) return counts;
  for (const [id, { status }] of state.done.nodes) count(id, status);
  for (const [id, result] of state.results) if (isFailure(result)) count(id, result.status.toLowerCase());
  for (const id of outcome?.blocked ?? []) if (!state.done.nodes.has(id)) count(id, "skipped");
  return counts;
}

export function reportCheck(
  manifest: DbtManifest,
  { model, result }: RunState["checks"][number],
): CheckReport {
  const { expectation, status, failingRows, observed, message } = result;
  return {
    model: manifest.nodes[model]?.name ?? model,
    name: expectation.name,
    type: expectation.type,
    column: "column" in expectation ? expectation.column : null,
    status,
    severity: expectation.severity,
    failingRows,
    observed: observed ?? null,
    message: message ?? null,
  };
}

/** Everything that went wrong, as faults with their place in the dbt project. */
export function faultsOf(state: RunState): FloeError[] {
  const { product, compiled } = state;
  const { dbtProjectDir } = product.project.paths;
  const place = (id: string) => {
    const path = compiled.manifest.nodes[id]?.original_file_path;
    return path === undefined
      ? undefined
      : { file: displayPath(join(dbtProjectDir, path), product.project.cwd) };
  };
  const nodes = [...state.results.values()].filter(isFailure).map((result) => {
    const id = result.unique_id;
    const name = compiled.manifest.nodes[id]?.name ?? id;
    const why = result.message == null ? undefined : state.mask.text(result.message.trim());
    if (result.status.toLowerCase() === "fail") {
      const rows =
        result.failures == null ? "" : `: ${result.failures} ${result.failures === 1 ? "result" : "results"}`;
      return new FloeError("DBT.TEST_FAILED", `The test ${name} failed${rows}.`, {
        why,
        next: [`floe test --select ${name}`],
        where: place(id),
      });
    }
    if (product.compute.getFailureCode?.(result.message ?? "") === "CATALOG.CONFLICT") {
      return new FloeError(
        "CATALOG.CONFLICT",
        `${name} couldn't be built: another writer keeps coming first.`,
        {
          why,
          next: ["Let one job at a time write this table.", "Then go on from here: floe run --resume"],
          where: place(id),
        },
      );
    }
    return new FloeError("DBT.NODE_FAILED", `${name} couldn't be built.`, {
      why,
      next: ["Mend it, and run again: floe run"],
      where: place(id),
    });
  });
  const sources = state.sources
    .filter(({ result }) => !result.success)
    .map(({ result: { source, error } }) => {
      const index = product.spec.ingestion?.sources.findIndex(({ name }) => name === source) ?? -1;
      return new FloeError("INGESTION.FAILED", `The source ${source} couldn't be loaded.`, {
        why: error,
        next: ["Mend the source, then go on from here: floe run --resume"],
        where: product.project.configuration.placeInProduct(["ingestion", "sources", index]),
      });
    });
  const checks = state.checks.filter(({ result }) => isUnmet(result)).map((one) => checkFault(state, one));
  return [...sources, ...nodes, ...checks];
}

function checkFault(state: RunState, { model, result }: RunState["checks"][number]): FloeError {
  const { expectation, status, failingRows, rowsChecked, observed, message } = result;
  const name = state.compiled.manifest.nodes[model]?.name ?? model;
  const of = rowsChecked === null ? "" : ` of ${rowsChecked.toLocaleString("en")}`;
  const found = failingRows === null ? (observed ?? "") : `${failingRows.toLocaleString("en")}${of} rows`;
  const what = status === "error" ? "couldn't be evaluated" : `isn't met${found === "" ? "" : ` (${found})`}`;
  const critical = expectation.severity === "error";
  const transforms = state.product.spec.transforms ?? [];
  const index = transforms.findIndex((one) => one.name === name);
  const at = transforms[index]?.qualityChecks?.findIndex((one) => one.name === expectation.name) ?? -1;
  return new FloeError("QUALITY.CHECK_FAILED", `${name}: the check ${expectation.name} ${what}.`, {
    severity: critical ? "error" : "warning",
    why: message,
    next: [],
    where:
      at === -1
        ? undefined
        : state.product.project.configuration.placeInProduct([
            "transforms",
            index,
            "qualityChecks",
            at,
            "name",
          ]),
  });
}

const DATA_CODES: ReadonlySet<string> = new Set([
  "DBT.TEST_FAILED",
  "QUALITY.CHECK_FAILED",
  "QUALITY.GATE_CLOSED",
]);

/** `failed` where something couldn't be done, `bad_data` where all was done and data isn't as it must be. */
export function statusOf(faults: readonly FloeError[]): RunStatus {
  const errors = faults.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return "success";
  return errors.every(({ code }) => DATA_CODES.has(code)) ? "bad_data" : "failed";
}

/** What a run with that status exits with. */
export function exitCodeOf(status: RunStatus): number {
  const codes = { success: 0, bad_data: 4, failed: 2, interrupted: 130, running: 1 };
  return codes[status];
}
