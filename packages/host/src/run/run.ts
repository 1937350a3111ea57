import { join } from "node:path";
import { v7 as newUuid } from "uuid";
import { productFingerprint } from "../compile/compile.ts";
import type { Fingerprint } from "../compile/fingerprint.ts";
import { lineageNaming } from "../lineage/lineage-naming.ts";
import { type Outbox, openOutbox } from "../lineage/outbox.ts";
import { LineageRecorder } from "../lineage/recorder.ts";
import { RunLineage } from "../lineage/run-lineage.ts";
import { openProduct, type Product } from "../project/product.ts";
import { Project, type ProjectOptions } from "../project/project.ts";
import { createRunTracing, type RunTracing } from "../tracing/run-tracing.ts";
import { traceShare } from "../tracing/sampling.ts";
import { execute } from "./execute.ts";
import type { RunObserver } from "./observer.ts";
import { lockProject } from "./project-lock.ts";
import type { RunReport } from "./report.ts";
import { findResumable } from "./resume.ts";
import { type RunMode, type RunRecord, type RunSelection, RunStore } from "./store.ts";

export interface RunOptions extends RunSelection {
  /** Default `run`. */
  mode?: RunMode;
  /** Take up the last run again. Its selection applies; another can't be given. */
  resume?: boolean;
  observe?: RunObserver;
  /** With mode `check`: only expectations of these types. Default: all. */
  types?: readonly string[];
}

/** How long the end of a run may wait for events to be delivered, as a part of the run's own time. */
const GRACE = 0.03;
const LEAST_GRACE_MS = 150;

/**
 * Runs a product for real: compiles it, loads its sources, builds and tests it with dbt, checks the data,
 * and says in lineage and traces what happened.
 *
 * What goes wrong with the data or a step is in the report; thrown is only what keeps a run from beginning.
 *
 * @throws InvalidProduct, FloeError `RUN.LOCKED`, `RUN.NOT_FOUND`, `RUN.CHANGED`, `PROJECT.*`.
 */
export async function runProduct(options: ProjectOptions & RunOptions): Promise<RunReport> {
  const { mode = "run" } = options;
  const begun = new Date();
  const id = newUuid();
  const tracing = await createRunTracing({
    runId: id,
    resource: {
      "service.name": "floe",
      "deployment.environment.name": options.environment ?? options.env.FLOE_ENV ?? "dev",
    },
    share: () => traceShare(project.configuration.manifest, project.environment),
  });
  const project = Project.open({ ...options, tracer: tracing.tracer });
  const release = lockProject(project.paths.stateDir, `floe ${mode}`);
  try {
    const attributes = {
      "cicd.pipeline.name": project.configuration.product?.metadata.name ?? "",
      "floe.environment": project.environment,
    };
    const { report, outbox } = await tracing.tracer.call(`floe ${mode}`, attributes, () =>
      start(project, tracing, id, begun, options),
    );
    // Only now is the whole trace there to be sent.
    await tracing.flush();
    await outbox.finish(Math.max(LEAST_GRACE_MS, report.seconds * 1000 * GRACE));
    const { delivered, pending } = outbox;
    return { ...report, lineage: { ...report.lineage, delivered, pending } };
  } finally {
    await tracing.flush();
    await project.close();
    release();
  }
}

async function start(
  project: Project,
  tracing: RunTracing,
  id: string,
  begun: Date,
  options: RunOptions,
): Promise<{ report: RunReport; outbox: Outbox }> {
  const { mode = "run", observe = () => {} } = options;
  const product = await openProduct(project);
  // As early as can be: what it starts imports itself while everything below goes on.
  if (mode !== "check") await product.dbt.prepare?.(product.dbtProject);
  const store = new RunStore(project.paths.stateDir);
  const inputs = await productFingerprint(product);
  const resumed = options.resume ? findResumable(store, project.environment, inputs) : undefined;
  // A run that was killed goes on as itself; one that ended is over, and another goes on in its place.
  const same = resumed?.status === "running" ? resumed : undefined;
  const record: RunRecord = {
    ...(same ?? newRecord(product, id, begun, mode, resumed?.options ?? selectionOf(options), inputs)),
    ...(resumed === undefined || same !== undefined ? {} : { resumes: resumed.id }),
    pid: process.pid,
    steps: [],
    faults: [],
  };
  const killed = store.list().filter((run) => run.status === "running");
  store.create(record);
  tracing.writeTo(join(store.folder(record.id), "traces.jsonl"), project.mask);
  observe({
    type: "run-started",
    runId: record.id,
    ...(resumed === undefined ? {} : { resumes: resumed.id }),
  });

  const naming = lineageNaming(product.manifest, product.plugins.get("lineage_backend"), {
    product: product.spec.metadata.name,
    environment: project.environment,
  });
  const lineageOf = (run: RunRecord): RunLineage => {
    const recorder = new LineageRecorder({
      file: naming.enabled ? join(store.folder(run.id), "lineage.jsonl") : undefined,
      runId: run.id,
      namespace: naming.jobNamespace,
      product: product.spec.metadata.name,
      mask: project.mask,
      onFailure: (error) => project.logger.warn(`Lineage can't be recorded: ${error.message}`),
    });
    return new RunLineage(recorder, product);
  };
  for (const other of killed.filter((run) => run.id !== record.id)) {
    lineageOf(other).abortOpen();
    store.save({ ...other, status: "interrupted", endedAt: new Date().toISOString() });
  }
  const journal = resumed === undefined ? [] : store.journal(resumed.id);
  // What the other run finished is finished for whoever resumes this one.
  if (same === undefined) for (const entry of journal) store.append(record.id, entry);
  const outbox = openOutbox(product, store, record.id, naming);
  try {
    const report = await execute({
      product,
      store,
      record,
      tracing,
      observe,
      lineage: lineageOf(record),
      journal,
      sameRun: same !== undefined,
      types: options.types,
      orphans: killed.length > 0,
    });
    return { report, outbox };
  } finally {
    store.prune();
  }
}

function newRecord(
  { project, spec }: Product,
  id: string,
  begun: Date,
  mode: RunMode,
  options: RunSelection,
  inputs: Fingerprint,
): RunRecord {
  return {
    id,
    mode,
    product: spec.metadata.name,
    productVersion: spec.metadata.version,
    environment: project.environment,
    status: "running",
    startedAt: begun.toISOString(),
    pid: process.pid,
    options,
    inputs,
    steps: [],
    faults: [],
  };
}

function selectionOf({ select, exclude, fullRefresh }: RunOptions): RunSelection {
  return {
    ...(select === undefined ? {} : { select }),
    ...(exclude === undefined ? {} : { exclude }),
    ...(fullRefresh === true ? { fullRefresh } : {}),
  };
}
