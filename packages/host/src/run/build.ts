import { setTimeout as sleep } from "node:timers/promises";
import {
  type DbtNodeEvent,
  type DbtNodeResult,
  type DbtRunOptions,
  type DbtRunResults,
  FloeError,
  isFailure,
} from "@floe/core";
import { blockedBy, buildableNodes, planWaves, selectionOf } from "./plan.ts";
import { checkModels } from "./quality.ts";
import type { RunState } from "./state.ts";

/** How often a node is built while other writers keep coming first. */
const MOST_ATTEMPTS = 3;
const CONFLICT_PAUSE_MS = 250;

/** What building came to. */
export interface BuildOutcome {
  /** Nodes that failed, now or in the run that this one resumes. */
  failed: readonly string[];
  /** Nodes that weren't built because of those. */
  blocked: readonly string[];
}

/**
 * Builds the selected nodes with dbt, wave by wave; between two waves stand the critical checks on what was
 * built. What an earlier attempt of the same run has built isn't built again.
 *
 * @param unavailable What can't be built because its source wasn't loaded.
 * @throws FloeError `DBT.*`, `COMPUTE.LOCKED`, if dbt couldn't do anything at all.
 */
export async function build(state: RunState, unavailable: ReadonlySet<string>): Promise<BuildOutcome> {
  const { compiled, options, done } = state;
  const { manifest, expectations } = compiled;
  const planned = await plannedNodes(state);
  const waves = planWaves(manifest, planned, expectations);
  const failed = new Set<string>();
  const blocked = new Set<string>(planned.filter((id) => unavailable.has(id)));
  for (const [index, wave] of waves.entries()) {
    for (const id of blockedBy(manifest, failed)) if (!failed.has(id)) blocked.add(id);
    const open = wave.filter((id) => !done.nodes.has(id) && !blocked.has(id));
    if (open.length > 0) {
      const whole = waves.length === 1 && open.length === planned.length;
      const selection: DbtRunOptions = whole
        ? pickSelection(options)
        : { select: selectionOf(manifest, open), indirectSelection: "empty" };
      const results = await buildNodes(state, `build-${index + 1}`, {
        ...selection,
        ...(options.fullRefresh === true ? { fullRefresh: true } : {}),
      });
      for (const result of results) {
        if (isFailure(result)) failed.add(result.unique_id);
        else if (result.status.toLowerCase() === "skipped") blocked.add(result.unique_id);
      }
    }
    const last = index === waves.length - 1;
    const built = wave.filter((id) => done.nodes.has(id));
    const critical = expectations.filter((one) => one.critical && built.includes(one.model));
    if (last || critical.length === 0) continue;
    state.signal.throwIfAborted();
    for (const model of await checkModels(state, critical)) failed.add(model);
  }
  return { failed: [...failed], blocked: [...blocked].filter((id) => !failed.has(id)) };
}

/** Builds nodes; those that only another writer kept from being committed, and what waited for them, again. */
async function buildNodes(
  state: RunState,
  step: string,
  options: DbtRunOptions,
): Promise<readonly DbtNodeResult[]> {
  const { manifest } = state.compiled;
  const results = new Map<string, DbtNodeResult>();
  const run = async (name: string, what: DbtRunOptions): Promise<void> => {
    for (const result of await runDbt(state, name, what)) results.set(result.unique_id, result);
  };
  await run(step, options);
  for (let attempt = 2; attempt <= MOST_ATTEMPTS; attempt++) {
    const again = afterConflict(state, [...results.values()]);
    if (again.length === 0) break;
    await sleep(CONFLICT_PAUSE_MS * attempt * (0.5 + Math.random()), undefined, { signal: state.signal });
    await run(`${step}-attempt-${attempt}`, {
      select: selectionOf(manifest, again),
      indirectSelection: "empty",
      ...(options.fullRefresh === true ? { fullRefresh: true } : {}),
    });
  }
  return [...results.values()];
}

/** The nodes of which nothing was kept because of another writer's commit, and those skipped for that alone. */
function afterConflict(state: RunState, results: readonly DbtNodeResult[]): string[] {
  const { compiled, product } = state;
  const failed = results.filter(isFailure);
  const isConflict = ({ message }: DbtNodeResult): boolean =>
    product.compute.getFailureCode?.(message ?? "") === "CATALOG.CONFLICT";
  const conflicting = failed.filter(isConflict).map(({ unique_id }) => unique_id);
  const others = failed.filter((one) => !isConflict(one)).map(({ unique_id }) => unique_id);
  const waiting = blockedBy(compiled.manifest, conflicting);
  const blocked = blockedBy(compiled.manifest, others);
  const skipped = results
    .filter(({ status }) => status.toLowerCase() === "skipped")
    .map(({ unique_id }) => unique_id)
    .filter((id) => !blocked.has(id));
  // Also a conflicting model's own tests, which dbt skipped though nothing else blocks them.
  return [
    ...new Set([
      ...conflicting,
      ...skipped.filter((id) => waiting.has(id) || testsOne(state, id, conflicting)),
    ]),
  ];
}

function testsOne({ compiled }: RunState, id: string, models: readonly string[]): boolean {
  return (compiled.manifest.nodes[id]?.depends_on?.nodes ?? []).some((parent) => models.includes(parent));
}

/** dbt's tests alone, on what is there. */
export async function test(state: RunState): Promise<BuildOutcome> {
  const results = await runDbt(state, "test", pickSelection(state.options), "testModels");
  return { failed: results.filter(isFailure).map(({ unique_id }) => unique_id), blocked: [] };
}

/** What the user's selection means; all of the project without one. */
export async function plannedNodes({
  product,
  compiled,
  options,
}: Pick<RunState, "product" | "compiled" | "options">): Promise<readonly string[]> {
  const selection = pickSelection(options);
  if (Object.keys(selection).length === 0) return buildableNodes(compiled.manifest);
  const planned = await product.dbt.listNodes(product.dbtProject, selection);
  const buildable = new Set(buildableNodes(compiled.manifest));
  const chosen = planned.filter((id) => buildable.has(id));
  if (chosen.length > 0) return chosen;
  throw new FloeError("CONFIG.REFERENCE", "The selection matches nothing.", {
    why: [options.select && `--select ${options.select}`, options.exclude && `--exclude ${options.exclude}`]
      .filter(Boolean)
      .join(" "),
    next: ["Use dbt's selection syntax: a model's name, +model, tag:nightly, path:models/gold."],
  });
}

function pickSelection({ select, exclude }: RunState["options"]): Pick<DbtRunOptions, "select" | "exclude"> {
  return { ...(select === undefined ? {} : { select }), ...(exclude === undefined ? {} : { exclude }) };
}

/** One dbt command: told as it goes, kept in the run's folder, and written to the journal. */
async function runDbt(
  state: RunState,
  step: string,
  options: DbtRunOptions,
  command: "buildModels" | "testModels" = "buildModels",
): Promise<readonly DbtNodeResult[]> {
  const { product, store, record, observe, done, compiled } = state;
  const startedAt = new Map<string, string>();
  const onNode = (node: DbtNodeEvent): void => {
    const now = new Date().toISOString();
    const name = compiled.manifest.nodes[node.uniqueId]?.name ?? node.uniqueId;
    if (node.status === "started") {
      startedAt.set(node.uniqueId, now);
      state.lineage.nodeStarted(node.uniqueId);
    } else if (node.status !== "skipped") {
      // Written at once: what a crash leaves of the journal is what needn't be done again.
      const entry = {
        kind: "node" as const,
        uniqueId: node.uniqueId,
        status: node.status,
        startedAt: startedAt.get(node.uniqueId) ?? now,
        endedAt: now,
        ...(node.message === undefined ? {} : { message: state.mask.text(node.message) }),
      };
      state.journal(entry);
      if (!isFailure(node)) done.nodes.set(node.uniqueId, entry);
    }
    observe({ type: "node", node, name });
  };
  const result = await product.dbt[command](product.dbtProject, { ...options, onNode });
  store.keep(record.id, step, result.runResultsPath, "run_results.json");
  store.keep(record.id, step, result.manifestPath, "manifest.json");
  const runResults = (await product.dbt.getRunResults(
    product.dbtProject.projectDir,
  )) as unknown as DbtRunResults;
  for (const one of runResults.results) settle(state, one);
  return runResults.results;
}

/** What dbt's own record of a node adds to what was told while it ran. */
function settle(state: RunState, result: DbtNodeResult): void {
  const status = result.status.toLowerCase();
  if (status === "skipped") return;
  const execution = result.timing?.find(({ name }) => name === "execute");
  const compilation = result.timing?.find(({ name }) => name === "compile");
  const now = new Date().toISOString();
  const rows = Number(result.adapter_response?.rows_affected);
  const entry = {
    kind: "node" as const,
    uniqueId: result.unique_id,
    status,
    startedAt: compilation?.started_at ?? execution?.started_at ?? now,
    endedAt: execution?.completed_at ?? now,
    ...(result.message == null ? {} : { message: state.mask.text(result.message) }),
    ...(result.failures == null ? {} : { failures: result.failures }),
    ...(Number.isFinite(rows) && rows >= 0 ? { rows } : {}),
  };
  state.results.set(result.unique_id, { ...result, entry });
  if (isFailure(result)) state.done.nodes.delete(result.unique_id);
  else state.done.nodes.set(result.unique_id, entry);
}
