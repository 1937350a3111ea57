import {
  type DatabaseConnection,
  type ExpectationResult,
  FloeError,
  isFloeError,
  type JsonObject,
} from "@floe/core";
import { claimNamespaces } from "../claim/claim.ts";
import { compileProduct } from "../compile/compile.ts";
import { analyzeColumns } from "../lineage/analyze-columns.ts";
import { ColumnAnalyst } from "../lineage/column-analyst.ts";
import type { RunLineage } from "../lineage/run-lineage.ts";
import { gatherFacts, type LineageFacts, tellOutcomes, toldNodes } from "../lineage/tell.ts";
import { InvalidProduct, type Product } from "../project/product.ts";
import type { RunTracing } from "../tracing/run-tracing.ts";
import { type BuildOutcome, build, test } from "./build.ts";
import { ingest, sourcesToLoad } from "./ingest.ts";
import { maintainWritten, maintenanceSummary } from "./maintain.ts";
import type { RunObserver } from "./observer.ts";
import { checkEngine } from "./preflight.ts";
import { checkModels, isUnmet, judgeScores, openChecks, scoreOf } from "./quality.ts";
import { countNodes, faultsOf, type NodeCounts, type RunReport, reportCheck, statusOf } from "./report.ts";
import { doneOf, type RunState } from "./state.ts";
import { runStep } from "./steps.ts";
import type { JournalEntry, RunRecord, RunStatus, RunStore } from "./store.ts";

export interface Execution {
  product: Product;
  store: RunStore;
  record: RunRecord;
  tracing: RunTracing;
  observe: RunObserver;
  lineage: RunLineage;
  /** What an earlier attempt finished. */
  journal: readonly JournalEntry[];
  /** Whether the earlier attempt was this very run, killed. */
  sameRun: boolean;
  /** Whether a killed floe may have left processes at work. */
  orphans: boolean;
  /** Only expectations of these types. */
  types: readonly string[] | undefined;
}

/** The steps of a run, one after another, and its report. */
export async function execute(execution: Execution): Promise<RunReport> {
  const { product, record, store, lineage } = execution;
  const { project } = product;
  const started = performance.now();
  const faults: FloeError[] = [];
  let state: RunState | undefined;
  let outcome: BuildOutcome | undefined;
  let interrupted = false;
  lineage.runStarted(new Date(record.startedAt));
  try {
    await product.plugins.start();
    await checkEngine(product, execution.orphans);
    const compiled = await runStep(execution, "compile", pluginOf(product, "dbt"), async () => {
      const value = await compileProduct(product);
      const what = `${Object.values(value.manifest.nodes).filter((node) => node.resource_type === "model").length} models`;
      return { value, summary: value.cached ? `${what}, unchanged` : what };
    });
    lineage.manifest = compiled.manifest;
    faults.push(...compiled.warnings);
    if (record.mode === "run") faults.push(...(await claimNamespaces(product, compiled.manifest)));
    state = newState(execution, compiled);
    outcome = await work(execution, state);
    faults.push(...(await check(execution, state)));
    if (state.mode === "run") await maintain(execution, state);
  } catch (error) {
    interrupted = project.signal.aborted || (isFloeError(error) && error.code === "RUN.INTERRUPTED");
    if (error instanceof InvalidProduct) faults.push(...error.faults);
    else if (!interrupted) faults.push(isFloeError(error) ? error : bug(error));
  } finally {
    // Also after an interrupt: what is open must be closed, whatever a plugin answers.
    await Promise.all([product.plugins.stop(), state?.columnAnalyst.close()]);
  }
  if (state !== undefined) faults.push(...faultsOf(state));
  const status: RunStatus = interrupted ? "interrupted" : statusOf(faults);
  endLineage(lineage, status, faults);
  const seconds = Math.round(performance.now() - started) / 1000;
  Object.assign(record, {
    status,
    endedAt: new Date().toISOString(),
    faults: faults.map((fault) => project.mask.data(fault.toJSON())),
  });
  store.save(record);
  return report(execution, state, outcome, seconds);
}

/** Loads and builds; or only tests. */
async function work(execution: Execution, state: RunState): Promise<BuildOutcome | undefined> {
  const { product } = execution;
  const dbt = pluginOf(product, "dbt");
  if (state.mode === "check") return undefined;
  if (state.mode === "test") {
    return runStep(execution, "test", dbt, async () => {
      const value = await test(state);
      return { value, summary: nodeSummary(state, value), failed: value.failed.length > 0 };
    });
  }
  let blocked: ReadonlySet<string> = new Set();
  if ((await sourcesToLoad(state)).length > 0) {
    blocked = await runStep(execution, "ingestion", pluginOf(product, "ingestion"), async () => {
      const value = await ingest(state);
      const loaded = state.sources.filter(({ result }) => result.success);
      const rows = loaded.reduce((sum, { result }) => sum + result.rowsLoaded, 0);
      const kept = state.done.sources.size - loaded.length;
      const summary = `${rows.toLocaleString("en")} rows from ${loaded.length} ${loaded.length === 1 ? "source" : "sources"}`;
      return {
        value,
        summary: kept > 0 ? `${summary}, ${kept} loaded before` : summary,
        failed: loaded.length < state.sources.length,
      };
    });
  }
  state.signal.throwIfAborted();
  // Of a product that hasn't changed, where columns come from is known already.
  if (!state.compiled.cached) void state.columnAnalyst.start();
  return runStep(execution, "build", dbt, async () => {
    const value = await build(state, blocked);
    lineageVersion(state, await product.dbt.getRuntimeMetadata());
    return { value, summary: nodeSummary(state, value), failed: value.failed.length > 0 };
  });
}

/** Runs the checks that no wave of the build has run, and tells lineage what came of everything. */
async function check(execution: Execution, state: RunState): Promise<FloeError[]> {
  const { product, record, tracing } = execution;
  state.signal.throwIfAborted();
  for (const { node, outcome } of toldNodes(state)) {
    tracing.record(
      `dbt ${node.name}`,
      { "dbt.unique_id": node.unique_id },
      outcome.startedAt,
      outcome.endedAt,
      outcome.error !== undefined,
    );
  }
  const open = openChecks(state, (model) => state.mode !== "run" || state.done.nodes.has(model)).filter(
    ({ expectation }) => execution.types?.includes(expectation.type) ?? true,
  );
  const idle = open.length === 0 && toldNodes(state).length === 0 && state.sources.length === 0;
  const connection = idle ? undefined : await product.compute.connect(product.computeConfig);
  try {
    const facts: LineageFacts =
      connection === undefined
        ? { tables: new Map(), rows: new Map() }
        : await gatherFacts(state, connection);
    const columns = analyzeColumns(state, facts);
    const faults =
      product.manifest.plugins.data_quality?.enabled === false ||
      open.length + state.checks.length + scored(state).length === 0
        ? []
        : await runStep(execution, "quality", pluginOf(product, "data_quality"), () =>
            checkRest(state, open, connection),
          );
    tellOutcomes(state, facts, await columns);
    const results = scored(state);
    if (results.length > 0) record.score = Math.round(scoreOf(state, results) * 100) / 100;
    return faults;
  } finally {
    await connection?.close();
  }
}

async function maintain(execution: Execution, state: RunState): Promise<void> {
  const { compute, computeConfig, project } = state.product;
  if (computeConfig.catalog === undefined || compute.maintainTables === undefined) return;
  await runStep(execution, "maintenance", `compute ${compute.name}`, async () => {
    const tables = await maintainWritten(state);
    for (const { schema, table, status, message } of tables) {
      if (status === "failed") project.logger.warn(`${schema}.${table} wasn't maintained: ${message}`);
    }
    return { value: undefined, summary: maintenanceSummary(tables) };
  });
}

async function checkRest(
  state: RunState,
  open: ReturnType<typeof openChecks>,
  connection: DatabaseConnection | undefined,
): Promise<{ value: FloeError[]; summary: string; failed: boolean }> {
  await checkModels(state, open, connection);
  const results = scored(state);
  const value = judgeScores(state, results);
  const unmet = state.checks.filter(({ result }) => isUnmet(result));
  const score = Math.floor(scoreOf(state, results) * 10) / 10;
  return {
    value,
    summary: `${state.checks.length - unmet.length} of ${state.checks.length} checks met, score ${score}`,
    failed:
      unmet.some(({ result }) => result.expectation.severity === "error") ||
      value.some(({ severity }) => severity === "error"),
  };
}

/** What counts in the score: floe's checks, and dbt's tests for a framework whose checks dbt runs. */
function scored(state: RunState): ExpectationResult[] {
  const plugin = state.product.plugins.get("data_quality");
  const checks = state.checks.map(({ result }) => result);
  if (plugin?.readDbtResults === undefined) return checks;
  const { manifest } = state.compiled;
  const results = { results: [...state.results.values()].map(({ entry: _, ...result }) => result) };
  const tests = plugin.readDbtResults(manifest as unknown as JsonObject, results as unknown as JsonObject);
  return [...checks, ...tests.results];
}

function newState(execution: Execution, compiled: RunState["compiled"]): RunState {
  const { product, record, store, journal, sameRun, observe, tracing, lineage } = execution;
  return {
    product,
    compiled,
    mode: record.mode,
    options: record.options,
    store,
    record,
    done: doneOf(journal, !sameRun),
    results: new Map(),
    sources: [],
    checks: [],
    lineage,
    columnAnalyst: new ColumnAnalyst(product.project.python),
    tracing,
    observe,
    signal: product.project.signal,
    mask: product.project.mask,
    journal: (entry) => store.append(record.id, entry),
  };
}

function endLineage(lineage: RunLineage, status: RunStatus, faults: readonly FloeError[]): void {
  if (status === "success") lineage.runEnded("COMPLETE");
  else if (status === "interrupted") lineage.abortOpen();
  else {
    const [first] = faults.filter(({ severity }) => severity === "error");
    lineage.abortOpen({ except: "parent" });
    lineage.runEnded("FAIL", first?.summary);
  }
}

function report(
  { record, lineage }: Execution,
  state: RunState | undefined,
  outcome: BuildOutcome | undefined,
  seconds: number,
): RunReport {
  const checks = state?.checks ?? [];
  const results = state === undefined ? [] : checks.map((one) => reportCheck(state.compiled.manifest, one));
  return {
    run: record,
    status: record.status,
    seconds,
    sources: state?.sources.map(({ result }) => result) ?? [],
    ...countNodes(state, outcome),
    checks: {
      passed: results.filter(({ status }) => status === "passed").length,
      failed: results.filter(isUnmet).length,
      score: record.score ?? null,
      results,
    },
    faults: record.faults,
    lineage: { events: lineage.count, delivered: 0, pending: 0 },
  };
}

function nodeSummary(state: RunState, outcome: BuildOutcome): string {
  const counts = countNodes(state, outcome);
  const words = (what: keyof NodeCounts): string => {
    const sum = Object.values(counts[what]).reduce((total, one) => total + one, 0);
    const good = (counts[what].success ?? 0) + (counts[what].pass ?? 0);
    const name = sum === 1 ? what.slice(0, -1) : what;
    return sum === good ? `${sum} ${name}` : `${good} of ${sum} ${name}`;
  };
  const rare = (["seeds", "snapshots"] as const).filter((what) => Object.keys(counts[what]).length > 0);
  return ["models" as const, ...rare, "tests" as const].map(words).join(", ");
}

function lineageVersion(
  { lineage }: RunState,
  { dbt_version: version }: Readonly<Record<string, string>>,
): void {
  lineage.dbtVersion = version;
}

function pluginOf({ plugins }: Product, kind: "dbt" | "ingestion" | "data_quality"): string | undefined {
  const plugin = plugins.get(kind);
  return plugin && `${kind} ${plugin.name}`;
}

function bug(error: unknown): FloeError {
  return new FloeError("INTERNAL.BUG", "floe has a defect.", {
    why: error instanceof Error ? error.message : String(error),
    next: ["Please report it, with what `--verbose` prints."],
    cause: error,
  });
}
