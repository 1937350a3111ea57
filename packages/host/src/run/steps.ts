import { isFloeError } from "@floe/core/contracts";
import type { RunTracing } from "../tracing/run-tracing.ts";
import type { RunObserver } from "./observer.ts";
import type { RunRecord, RunStore, StepRecord } from "./store.ts";

export interface StepContext {
  record: RunRecord;
  store: RunStore;
  observe: RunObserver;
  tracing: RunTracing;
}

/** What a step came to, where it didn't throw. */
export interface StepOutcome<T> {
  value: T;
  /** One line for a person. */
  summary: string;
  /** Whether something in it went wrong that the run's report tells. */
  failed?: boolean;
}

/** Runs one step: with a span, in the run's record, told as it starts and ends. */
export async function runStep<T>(
  { record, store, observe, tracing }: StepContext,
  name: string,
  plugin: string | undefined,
  task: () => Promise<StepOutcome<T>>,
): Promise<T> {
  const step: StepRecord = { name, status: "running", ...(plugin === undefined ? {} : { plugin }) };
  record.steps.push(step);
  store.save(record);
  observe({ type: "step-started", step: name, ...(plugin === undefined ? {} : { plugin }) });
  const started = performance.now();
  try {
    const attributes = { "cicd.pipeline.task.name": name, "floe.plugin": plugin ?? "" };
    const { value, summary, failed = false } = await tracing.tracer.call(name, attributes, task);
    Object.assign(step, { status: failed ? "failed" : "success", summary });
    return value;
  } catch (error) {
    step.status = "failed";
    if (isFloeError(error)) step.summary = error.summary;
    throw error;
  } finally {
    step.seconds = Math.round(performance.now() - started) / 1000;
    store.save(record);
    observe({ type: "step-ended", step });
  }
}
